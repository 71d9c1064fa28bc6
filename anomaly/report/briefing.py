"""A day in a few sentences, for somebody who has a minute."""

from __future__ import annotations

from collections.abc import Iterator

from anomaly.report import words
from anomaly.report.grouping import missions
from anomaly.report.modelcard import ModelCard
from anomaly.report.summary import Alert, Day


def what_was_read(day: Day) -> str:
    """Return how much was seen of the day, and that nothing later was used."""
    seen = (
        f", seen in {words.plural(day.n_positions, 'position')}"
        if day.n_positions
        else ""
    )
    listed = ""
    if day.n_without_positions:
        verb = "is" if day.n_without_positions == 1 else "are"
        n = words.plural(day.n_without_positions, "flight")
        listed = f"; {n} of them {verb} known from a list only"
    return (
        f"{words.plural(day.n_flights, 'flight')} of "
        f"{words.plural(day.n_aircraft, 'aircraft', 'aircraft')} ended on this day"
        f"{seen}{listed}. Nothing seen after the end of the day has been used."
    )


def how_often_right(card: ModelCard | None) -> str:
    """Return who scored the day, what share it is known to find, and what is not."""
    if card is None:
        return "How well the model does is not known: it came without a card."
    right = (
        "was right where that could be measured stands on the page of the model"
        if "observed" in card.provenance
        else "is right on real traffic has not been measured"
    )
    sentences = (
        f"Scored by {card.name} {card.version}.",
        card.known_recall,
        f"A flag is a question, not an answer: how often it {right}.",
    )
    return " ".join(filter(None, sentences))


def what_was_flagged(day: Day) -> str:
    """Return how many journeys are flagged, why no more, and what there is in them."""
    n = len(day.flagged)
    journeys = words.plural(day.n_alerts, "journey")
    if not n:
        return f"They make {journeys}, of which none is flagged for review."
    verb = "is" if n == 1 else "are"
    text = f"They make {journeys}, of which {n} {verb} flagged for review"
    budget, threshold = day.flagged[0].budget, day.flagged[0].threshold_bits
    if budget is not None and threshold is not None:
        text += (
            f" (at most {budget} were asked for, and each needed "
            f"{words.signed_bits(threshold)} bits of odds and surprise)"
        )
    among = list(_among(day.flagged))
    return f"{text}. Among them: {words.listed(among)}." if among else f"{text}."


def _among(alerts: tuple[Alert, ...]) -> Iterator[str]:
    """Yield what an analyst looks for first: companions, and what nothing marks."""
    sizes = [len(group) for group in missions(alerts) if len(group) > 1]
    if n_pairs := sizes.count(2):
        yield words.plural(n_pairs, "pair") + " on one unusual way"
    if n_trains := len(sizes) - n_pairs:
        yield words.plural(n_trains, "train") + " of more"
    open_ = [alert for alert in alerts if not alert.craft.private]
    unmarked = sum(alert.craft.military_flag is not True for alert in open_)
    if unmarked:
        yield f"{unmarked} of aircraft that the source does not mark as military"
    if n_private := len(alerts) - len(open_):
        yield f"{n_private} of aircraft shown by address only"
    if n_unseen := sum(any(s.inferred for s in alert.stops) for alert in alerts):
        yield f"{n_unseen} with a stopover that nobody saw"
    if n_unplaced := sum(alert.legs[-1].destination.ident is None for alert in alerts):
        yield f"{n_unplaced} whose last landing is not known"
    if n_decided := sum(bool(alert.verdicts) for alert in alerts):
        yield f"{n_decided} decided on already"
