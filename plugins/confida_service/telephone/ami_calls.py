"""Makes out calls in the events of an Asterisk: those of Asterisk 12 and later (DialBegin), and the older ones (Dial)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from confida_service.telephone.ami_messages import Message
from confida_service.telephone.hearing import Heard

SOURCE = "asterisk"
# More calls are not under way at once; the oldest are forgotten, and with them only when they end.
MOST_CALLS = 2_000


@dataclass(slots=True)
class Channel:
    """One leg. exten: what was dialled on it. call: name of the call it belongs to, once it is one of ours."""

    exten: str = ""
    call: str = ""
    direction: str = "in"
    number: str = ""
    rings_at: list[str] = field(default_factory=list)


def extension_of(channel: str) -> str:
    """ "PJSIP/12-0000002a" and "Local/12@agents-0001;2" are 12."""
    name = channel.partition("/")[2].partition(";")[0].partition("@")[0]
    start, dash, end = name.rpartition("-")
    return start if dash and end.isalnum() and len(end) >= 8 else name


def dialled_number(text: str) -> str:
    """The number in what is dialled: "trunk/+4930123456" and "+4930123456@trunk" are +4930123456."""
    return text.rpartition("/")[2].partition("@")[0].partition(",")[0]


class Calls:
    """Remembers which channels belong to which call. ours: the extensions of colleagues, asked anew at each event."""

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}

    def hear(self, message: Message, ours: Collection[str]) -> Heard | None:
        """What an event says of a call to or from one of ours; None for all the others, and for calls within the house."""
        event = message.get("event", "").lower()
        if event in {"newchannel", "newexten"} and event == "newchannel":
            self._channel(message.get("uniqueid", "")).exten = message.get("exten", "")
            return None
        begins = event == "dialbegin" or (event == "dial" and message.get("subevent", "").lower() == "begin")
        ends = event == "dialend" or (event == "dial" and message.get("subevent", "").lower() == "end")
        if begins:
            return self._begun(message, ours)
        if ends and message.get("dialstatus", "").upper() == "ANSWER":
            return self._answered(message)
        return self._hung_up(message) if event == "hangup" else None

    def _channel(self, uniqueid: str) -> Channel:
        found = self._channels.setdefault(uniqueid, Channel())
        while len(self._channels) > MOST_CALLS:
            del self._channels[next(iter(self._channels))]
        return found

    def _begun(self, message: Message, ours: Collection[str]) -> Heard | None:
        uniqueid = message.get("uniqueid", "")
        caller = extension_of(message.get("channel", ""))
        target = extension_of(message.get("destchannel") or message.get("destination", ""))
        channel = self._channel(uniqueid)
        rings = [one for one in (target, channel.exten) if one in ours]
        if not uniqueid or (caller in ours) == bool(rings):
            # Neither is a colleague, or both are: nobody calls from outside, and nobody outside is called.
            return None
        channel.call = message.get("linkedid") or uniqueid
        channel.direction = "out" if caller in ours else "in"
        dialled = message.get("dialstring", "") or message.get("destcalleridnum", "")
        channel.number = dialled_number(dialled) if caller in ours else message.get("calleridnum", "")
        extensions = [caller] if caller in ours else rings
        channel.rings_at = list(dict.fromkeys([*channel.rings_at, *extensions]))[:20]
        if channel.call != uniqueid:
            self._channel(channel.call).call = channel.call
        return self._heard(channel, "ringing", tuple(extensions), name=message.get("calleridname", ""))

    def _answered(self, message: Message) -> Heard | None:
        channel = self._channels.get(message.get("uniqueid", ""))
        if channel is None or not channel.call:
            return None
        target = extension_of(message.get("destchannel", ""))
        # Older ones do not say who answered; where it rang at one only, that one did.
        who = (target,) if target in channel.rings_at else tuple(channel.rings_at) if len(channel.rings_at) == 1 else ()
        return self._heard(channel, "answered", who)

    def _hung_up(self, message: Message) -> Heard | None:
        uniqueid = message.get("uniqueid", "")
        channel = self._channels.pop(uniqueid, None)
        if channel is None or channel.call != uniqueid:
            return None
        return self._heard(channel, "ended", ())

    @staticmethod
    def _heard(channel: Channel, state: str, extensions: tuple[str, ...], name: str = "") -> Heard:
        return Heard(
            source=SOURCE, call_id=channel.call, direction=channel.direction, state=state, number=channel.number,
            name=name if channel.direction == "in" else "", extensions=extensions,
        )  # fmt: skip
