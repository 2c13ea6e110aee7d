"""What people write to the invented garden shop, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """asked, answered, back, settled: what is said in turn by them and by us; the last two may be missing.

    note: what colleagues write to each other. desk: the key of a queue.
    """

    subject: str
    asked: str
    answered: str
    back: str = ""
    settled: str = ""
    note: str = ""
    desk: str = "desk"
    kind: str = "question"
    channel: str = "email"
    priority: int = 2
    tags: tuple[str, ...] = ()


ENGLISH = (
    Story(
        subject="Raised bed arrived with a split board",
        asked="The kit came this morning, and one of the long boards is split over half its length. Can you send another one?",
        answered="I am sorry about that. A new board leaves today; please keep the split one, it makes a good edging.",
        back="Thank you! It arrived, and the bed stands.",
        settled="Good to hear. Enjoy the first salad!",
        note="Third split board from this delivery. Told the sawmill.",
        desk="repairs", kind="fault", priority=3, tags=("delivery", "raised bed"),
    ),
    Story(
        subject="How much soil for two large beds?",
        asked="We have two of the large kits. How many bags of compost do we need, and can they be delivered with the kits?",
        answered="Eighteen bags of 60 litres for the two, on a layer of branches. They come on the same pallet if you order them together.",
        back="Then we order eighteen. Is there a discount for so many?",
        settled="From ten bags on it is a tenth less; the order form reckons it by itself.",
        tags=("compost",),
    ),
    Story(
        subject="Change the date of my course",
        asked="I booked the course on Saturday in two weeks and cannot come. May I change to the next one?",
        answered="Of course. I have put you down for the next one; the confirmation follows by mail.",
        settled="You are on the list of the next course now.",
        channel="web", kind="order", tags=("course",),
    ),
    Story(
        subject="I cannot sign in to see my invoices",
        asked="The link in the mail says it is too old. How do I get at my invoices?",
        answered="Links are valid for one day. Please ask for a new one on the same page with this mail address.",
        back="That worked.",
        settled="Fine, then I close this.",
        channel="web", kind="access", tags=("portal",),
    ),
    Story(
        subject="Pump of the rain barrel stopped",
        asked="The solar pump ran for a year and does nothing since yesterday. The panel is clean and in the sun.",
        answered="Please hold the reset button for ten seconds, and look at the filter. If that does not help, send it to us: it is under warranty.",
        back="Still nothing. I sent the pump to you today.",
        settled="The motor was worn; a new pump is on its way to you, at no cost.",
        note="Warranty until next spring, checked. Replace it.",
        desk="repairs", kind="fault", priority=3, tags=("pump", "warranty"),
    ),
    Story(
        subject="Invoice to another address, please",
        asked="Could you write the invoice to our association instead of to me? The address is in the attachment of my order.",
        answered="Yes: the old one is cancelled, and the new one has left by mail.",
        kind="order", tags=("invoice",),
    ),
    Story(
        subject="Do you take groups of ten?",
        asked="We are ten volunteers and would like to learn how to prune. Do you give courses for groups?",
        answered="Gladly, on weekdays in March and April, for up to twelve people. Which day would suit you?",
        back="A Thursday in the second half of March would be best.",
        channel="phone", tags=("course",),
    ),
    Story(
        subject="Tap of the watering system leaks",
        asked="Water drips from the tap since the first frost. I turned it off at the main. What now?",
        answered="Somebody comes tomorrow between nine and eleven. Please leave the main tap closed until then.",
        settled="The tap has been replaced; please drain the line before the next frost.",
        note="Urgent: the cellar gets wet if it is opened again.",
        desk="repairs", kind="fault", channel="phone", priority=4, tags=("water", "warranty"),
    ),
    Story(
        subject="Which tools for a school garden?",
        asked="Our school garden has twenty children. Which tools do you have in small sizes?",
        answered="The set of five comes in a small size, too. For twenty children most schools take eight sets.",
        channel="chat", tags=("tools",),
    ),
    Story(
        subject="Seed box came twice",
        asked="This month two seed boxes arrived, and I pay for one. What shall I do with the other?",
        answered="That was our mistake: please keep it, or give it to a neighbour. Nothing more is booked.",
        back="That is kind, thank you.",
        kind="order", tags=("seeds", "delivery"),
    ),
    Story(
        subject="Sharpening: how long does it take?",
        asked="How long do you need to sharpen four pairs of secateurs, and may I bring them in person?",
        answered="Three working days. The workshop is open from nine to five.",
        channel="phone", desk="repairs", tags=("tools",), priority=1,
    ),
    Story(
        subject="Wish: peat free compost in large bags",
        asked="Do you plan to have the peat free compost in larger bags? The small ones make so much waste.",
        answered="From spring on there are bags of 120 litres, and we take the empty ones back.",
        channel="web", priority=1, tags=("compost",),
    ),
)  # fmt: skip
GRIEVANCES = (
    Story(
        subject="The gardener did not come, for the second time",
        asked="Nobody came on Tuesday, and nobody called. That is the second time. I took a day off for it.",
        answered="You are right to be angry, and I am sorry. I find out what happened and call you by tomorrow noon.",
        note="Both dates were in the old calendar that nobody reads any more.",
        desk="complaints", kind="complaint", priority=3, tags=("visit",),
    ),
    Story(
        subject="Boards treated with something that smells",
        asked="You sell the boards as untreated. Ours smell of chemicals, and we grow food in them.",
        answered="Thank you for telling us. Please do not eat anything from that bed until we know more; we send for a sample.",
        desk="complaints", kind="complaint", priority=4, tags=("raised bed",),
    ),
    Story(
        subject="Course was cancelled the evening before",
        asked="I had booked a room for the night. Who pays for that?",
        answered="We do. Please send us the bill of the room; the fee of the course goes back to you today.",
        desk="complaints", kind="complaint", tags=("course",),
    ),
    Story(
        subject="Nobody answers the telephone",
        asked="I tried for a week, at all times of the day.",
        answered="Our line was out of order, and we did not notice. It works again, and we look at it every morning now.",
        desk="complaints", kind="complaint", channel="post", tags=("telephone",),
    ),
    Story(
        subject="Reminder for an invoice that I paid",
        asked="I paid three weeks ago and was reminded today, with a fee.",
        answered="Your payment has been found, under another name. The reminder and its fee are void.",
        desk="complaints", kind="complaint", tags=("invoice",),
    ),
)  # fmt: skip
