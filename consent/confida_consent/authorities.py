"""Where a person can complain (GDPR Art. 77): the supervisory authorities of the EEA, the United Kingdom and Switzerland.

Names as the authorities call themselves, with their websites, which hold the current addresses and forms.
"""

from __future__ import annotations

from collections.abc import Mapping

BY_COUNTRY: Mapping[str, Mapping[str, str]] = {
    "AT": {"Österreichische Datenschutzbehörde": "https://dsb.gv.at"},
    "BE": {"Autorité de protection des données / Gegevensbeschermingsautoriteit": "https://www.dataprotectionauthority.be"},
    "BG": {"Комисия за защита на личните данни": "https://cpdp.bg"},
    "CH": {"Eidgenössischer Datenschutz- und Öffentlichkeitsbeauftragter": "https://www.edoeb.admin.ch"},
    "CY": {"Γραφείο Επιτρόπου Προστασίας Δεδομένων Προσωπικού Χαρακτήρα": "https://www.dataprotection.gov.cy"},
    "CZ": {"Úřad pro ochranu osobních údajů": "https://www.uoou.gov.cz"},
    "DE": {
        "Die Bundesbeauftragte für den Datenschutz und die Informationsfreiheit": "https://www.bfdi.bund.de",
        "Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Baden-Württemberg": "https://www.baden-wuerttemberg.datenschutz.de",
        "Bayerisches Landesamt für Datenschutzaufsicht": "https://www.lda.bayern.de",
        "Berliner Beauftragte für Datenschutz und Informationsfreiheit": "https://www.datenschutz-berlin.de",
        "Die Landesbeauftragte für den Datenschutz und für das Recht auf Akteneinsicht Brandenburg": "https://www.lda.brandenburg.de",
        "Die Landesbeauftragte für Datenschutz und Informationsfreiheit der Freien Hansestadt Bremen": "https://www.datenschutz.bremen.de",
        "Der Hamburgische Beauftragte für Datenschutz und Informationsfreiheit": "https://datenschutz-hamburg.de",
        "Der Hessische Beauftragte für Datenschutz und Informationsfreiheit": "https://datenschutz.hessen.de",
        "Der Landesbeauftragte für Datenschutz und Informationsfreiheit Mecklenburg-Vorpommern": "https://www.datenschutz-mv.de",
        "Der Landesbeauftragte für den Datenschutz Niedersachsen": "https://www.lfd.niedersachsen.de",
        "Landesbeauftragte für Datenschutz und Informationsfreiheit Nordrhein-Westfalen": "https://www.ldi.nrw.de",
        "Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Rheinland-Pfalz": "https://www.datenschutz.rlp.de",
        "Unabhängiges Datenschutzzentrum Saarland": "https://www.datenschutz.saarland.de",
        "Sächsische Datenschutz- und Transparenzbeauftragte": "https://www.datenschutz.sachsen.de",
        "Landesbeauftragte für den Datenschutz Sachsen-Anhalt": "https://datenschutz.sachsen-anhalt.de",
        "Unabhängiges Landeszentrum für Datenschutz Schleswig-Holstein": "https://www.datenschutzzentrum.de",
        "Thüringer Landesbeauftragter für den Datenschutz und die Informationsfreiheit": "https://www.tlfdi.de",
    },
    "DK": {"Datatilsynet (Danmark)": "https://www.datatilsynet.dk"},
    "EE": {"Andmekaitse Inspektsioon": "https://www.aki.ee"},
    "ES": {"Agencia Española de Protección de Datos": "https://www.aepd.es"},
    "FI": {"Tietosuojavaltuutetun toimisto": "https://tietosuoja.fi"},
    "FR": {"Commission Nationale de l'Informatique et des Libertés": "https://www.cnil.fr"},
    "GB": {"Information Commissioner's Office": "https://ico.org.uk"},
    "GR": {"Αρχή Προστασίας Δεδομένων Προσωπικού Χαρακτήρα": "https://www.dpa.gr"},
    "HR": {"Agencija za zaštitu osobnih podataka": "https://azop.hr"},
    "HU": {"Nemzeti Adatvédelmi és Információszabadság Hatóság": "https://www.naih.hu"},
    "IE": {"Data Protection Commission": "https://www.dataprotection.ie"},
    "IS": {"Persónuvernd": "https://www.personuvernd.is"},
    "IT": {"Garante per la protezione dei dati personali": "https://www.garanteprivacy.it"},
    "LI": {"Datenschutzstelle Fürstentum Liechtenstein": "https://www.datenschutzstelle.li"},
    "LT": {"Valstybinė duomenų apsaugos inspekcija": "https://vdai.lrv.lt"},
    "LU": {"Commission nationale pour la protection des données": "https://cnpd.public.lu"},
    "LV": {"Datu valsts inspekcija": "https://www.dvi.gov.lv"},
    "MT": {"Information and Data Protection Commissioner": "https://idpc.org.mt"},
    "NL": {"Autoriteit Persoonsgegevens": "https://www.autoriteitpersoonsgegevens.nl"},
    "NO": {"Datatilsynet (Norge)": "https://www.datatilsynet.no"},
    "PL": {"Urząd Ochrony Danych Osobowych": "https://uodo.gov.pl"},
    "PT": {"Comissão Nacional de Proteção de Dados": "https://www.cnpd.pt"},
    "RO": {"Autoritatea Națională de Supraveghere a Prelucrării Datelor cu Caracter Personal": "https://www.dataprotection.ro"},
    "SE": {"Integritetsskyddsmyndigheten": "https://www.imy.se"},
    "SI": {"Informacijski pooblaščenec": "https://www.ip-rs.si"},
    "SK": {"Úrad na ochranu osobných údajov Slovenskej republiky": "https://dataprotection.gov.sk"},
}  # fmt: skip
"""Country (ISO 3166-1 alpha-2) -> name of the authority -> its website. Federal countries have several."""

AUTHORITIES: Mapping[str, str] = {name: page for ones in BY_COUNTRY.values() for name, page in ones.items()}
