"""What each address of the review server shows, and what each form does."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
)

from anomaly import sharing
from anomaly.errors import AnomalyError, BadInputError, NoDataError
from anomaly.marks import KINDS, Marks
from anomaly.report import html
from anomaly.report.desk import SHOWN, Desk
from anomaly.report.environment import environment
from anomaly.report.standing import seen_of
from anomaly.report.summary import Day
from anomaly.review import forms
from anomaly.review.days import Days, decide
from anomaly.store import Store
from anomaly.verdicts import Verdict, Verdicts, at_odds

N_HISTORY = 500
_TYPES = {
    "html": "text/html",
    "json": "application/json",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "csv": "text/csv",
}


@dataclass(frozen=True)
class Pages:
    """Pages and forms over one data directory; only names of the report are served."""

    store: Store
    kept: Days
    by: str
    """Who reviews, where the browser has not said."""
    token: str

    def days(self, request: Request) -> Response:
        """List the scored days."""
        desk = self._desk(request)
        rows = []
        for date in self.kept.dates():
            flags = self.kept.counted(date)
            n_open = sum(all(v.by != desk.reviewer for v in said) for said in flags)
            rows.append((date, len(flags), n_open, sum(map(at_odds, flags))))
        return self._page("days.html", desk, days=rows)

    def to_index(self, request: Request) -> Response:
        """Lead from a day to its list."""
        return RedirectResponse(f"/{_date(request)}/index.html")

    def to_flight(self, request: Request) -> Response:
        """Lead from a flight to its flag's page, if it has one."""
        day = self.kept.day(_date(request))
        for alert in day.flagged:
            if alert.flight_id == request.path_params["flight_id"]:
                return RedirectResponse(_address(day, html.page_name(alert)))
        raise NoDataError(
            f"{request.path_params['flight_id']} leads no flag of {day.date}",
            hint="The day may have been scored anew since.",
        )

    def file(self, request: Request) -> Response:
        """Show a page or a download of a day's report, drawn from the store."""
        day = self.kept.day(_date(request))
        name = request.path_params["name"]
        if name not in html.file_names(day):
            raise HTTPException(404)
        kind = name.rpartition(".")[2]
        desk = self._desk(request) if kind == "html" else None
        text = html.file(day, name, self.store.root, desk)
        return Response(text, media_type=_TYPES[kind])

    def lists(self, request: Request) -> Response:
        """Show the watch and ignore lists."""
        marks = Marks(self.store.verdicts).listed()
        return self._page("lists.html", self._desk(request), marks=marks, kinds=KINDS)

    def verdicts(self, request: Request) -> Response:
        """Show what was said, the latest first."""
        verdicts = Verdicts(self.store.verdicts)
        history = verdicts.history()[::-1]
        return self._page(
            "verdicts.html",
            self._desk(request),
            history=history[:N_HISTORY],
            n_more=len(history[N_HISTORY:]),
            withdrawn=verdicts.withdrawn(),
            counting={one.id for one in verdicts.latest()},
        )

    def export(self, _request: Request) -> Response:
        """Hand out the verdicts that count."""
        text = sharing.to_csv(Verdicts(self.store.verdicts).latest())
        return Response(text, media_type="text/csv")

    def sign_in(self, request: Request, form: forms.Form) -> Response:
        """Remember in this browser who reviews."""
        name = form.get("name", sharing.LONGEST_NAME)
        if not name:
            raise BadInputError("a reviewer needs a name")
        answer = RedirectResponse(_back(request), status_code=303)
        answer.set_cookie(
            forms.COOKIE,
            forms.as_cookie(name),
            max_age=90 * 24 * 3600,
            httponly=True,
            samesite="strict",
        )
        return answer

    def change_list(self, request: Request, form: forms.Form) -> Response:
        """Put an entry on a list, or take it off."""
        marks = Marks(self.store.verdicts)
        by = self._desk(request).reviewer
        entry = (form.get("list"), form.get("kind"), form.get("value"))
        if form.get("change") == "remove":
            marks.remove(*entry, by=by)
        else:
            marks.put(*entry, by=by, note=form.get("note"))
        return RedirectResponse("/lists", status_code=303)

    def decide(self, request: Request, form: forms.Form) -> Response:
        """Record a verdict, and lead to the next flag that is open."""
        day = self.kept.day(_date(request))
        alert = self.kept.alert(day, request.path_params["name"])
        said, reason = form.verdict
        by = self._desk(request).reviewer
        recorded = decide(
            self.store, day, alert, said, by=by, reason=reason, note=form.get("note")
        )
        desk = self._desk(request)
        day = self.kept.day(day.date)
        then = desk.next_open(day, alert)
        after = f"?said={recorded.id}" if recorded else ""
        where = html.page_name(then or alert)
        return _next(request, f"{_address(day, where)}{after}")

    def undo(self, request: Request, _form: forms.Form) -> Response:
        """Take back one's own verdict, and lead to its flag."""
        by = self._desk(request).reviewer
        taken = Verdicts(self.store.verdicts).withdraw(
            request.path_params["verdict_id"], by=by
        )
        if taken is None:
            raise BadInputError(
                "nothing to take back",
                hint=f"Here {by} can take back {by}'s verdicts, each once.",
            )
        return _next(request, self._flag_of(taken))

    def correct(self, request: Request, form: forms.Form) -> Response:
        """Record what was wrong with a published flag."""
        day = self.kept.day(_date(request))
        alert = self.kept.alert(day, request.path_params["name"])
        text = form.get("text")
        if not text:
            raise BadInputError("a correction needs words")
        by = self._desk(request).reviewer
        Marks(self.store.verdicts).correct(seen_of(alert), text, by=by)
        return _next(request, _address(day, html.page_name(alert)))

    def problem(self, request: Request, error: Exception) -> Response:
        """Tell what was wrong, as the asker understands it."""
        hint = error.hint or "" if isinstance(error, AnomalyError) else ""
        status = 404 if isinstance(error, NoDataError) else 400
        if _wants_json(request):
            told = {"message": f"{error}. {hint}".strip()}
            return JSONResponse(told, status_code=status)
        page = self._page(
            "problem.html", self._desk(request), message=str(error), hint=hint
        )
        page.status_code = status
        return page

    def missing(self, request: Request, error: Exception) -> Response:
        """Tell that there is no such page."""
        status = error.status_code if isinstance(error, HTTPException) else 404
        page = self._page(
            "problem.html",
            self._desk(request),
            message="There is no such page here.",
            hint="",
        )
        page.status_code = status
        return page

    def _desk(self, request: Request) -> Desk:
        show = request.query_params.get("show", "all")
        by = forms.reviewer(request, self.by)
        return Desk(
            reviewer=by,
            token=self.token,
            show=show if show in SHOWN else "all",
            said=self._said(request.query_params.get("said", ""), by),
        )

    def _said(self, number: str, by: str) -> Verdict | None:
        if not (number.isdecimal() and len(number) < 16):
            return None
        verdicts = Verdicts(self.store.verdicts)
        return next(
            (v for v in verdicts.latest() if v.id == int(number) and v.by == by), None
        )

    def _flag_of(self, verdict: Verdict) -> str:
        if verdict.shown is None:
            return "/verdicts"
        try:
            day = self.kept.day(verdict.shown.date)
        except NoDataError:
            return "/verdicts"
        for alert in day.flagged:
            if seen_of(alert).overlaps(verdict.seen):
                return _address(day, html.page_name(alert))
        return "/verdicts"

    def _page(self, template: str, desk: Desk, **more: object) -> Response:
        return HTMLResponse(
            environment().get_template(template).render(desk=desk, **more)
        )


def _date(request: Request) -> dt.date:
    try:
        return dt.date.fromisoformat(request.path_params["date"])
    except ValueError as error:
        raise HTTPException(404) from error


def _address(day: Day, name: str) -> str:
    return f"/{day.date}/flags/{quote(name)}.html"


def _back(request: Request) -> str:
    """Return the page a form was sent from; forms come from our own pages alone."""
    origin = request.headers["origin"]
    came_from = request.headers.get("referer", "")
    path = came_from.removeprefix(origin)
    is_ours = came_from.startswith(f"{origin}/") and not path.startswith("//")
    return path if is_ours else "/"


def _next(request: Request, where: str) -> Response:
    if _wants_json(request):
        return JSONResponse({"next": where})
    return RedirectResponse(where, status_code=303)


def _wants_json(request: Request) -> bool:
    return request.headers.get("accept") == "application/json"
