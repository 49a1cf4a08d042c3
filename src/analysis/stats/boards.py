"""What do boards answer in their yearly survey? Counted by question; free text is never read, only counted."""

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.evidence import evidence, no_evidence

UNCLEAR, INTEREST, YES, TEXT = "unclear_", "interest_", "yes", "text"
"""Questions on what is unclear in a programme and on what a board would like to do with others; answers."""
_METHOD = "share of the boards that answered"


def board_answers(survey: pd.DataFrame, boards: int, known: Mapping[str, str]) -> pd.DataFrame:
    """Summarise the newest year of the boards' survey.

    Parameters
    ----------
    survey : pd.DataFrame
        Contract ``board_survey`` of all boards.
    boards : int
        How many boards there are.
    known : mapping of str to str
        Answers that may be told, in small letters → code; any other answer is words of somebody's own (``text``).

    Returns
    -------
    pd.DataFrame
        Evidence ``board_answers``: with an empty ``part`` the percent of boards that answered anything; by question
        (``part``) and answer (``group``) the percent of those that answered it, and against ``last_year`` the difference in
        percentage points among boards that answered it in both years. All boards are asked: there is no interval.
    """
    coded = answered(survey, known)
    if coded.empty:
        return no_evidence()
    year = int(coded["school_year"].max())
    now, before = (coded[coded["school_year"] == y] for y in (year, year - 1))
    told = now["municipality_id"].nunique()
    rows = [{"part": "", "group": "", "n": boards, "estimate": 100 * told / boards, "reference": ""}]
    for question, own in now.groupby("question", sort=True):
        rows += _of_question(str(question), own, before[before["question"] == question])
    found = pd.DataFrame(rows).assign(year_from=lambda f: f["reference"].map({"last_year": year - 1}))
    return evidence(
        found, indicator="board_answers", school_year=year, population="boards", unit="percent", method=_METHOD
    )


def answered(survey: pd.DataFrame, known: Mapping[str, str]) -> pd.DataFrame:
    """Return the answers given, as codes; questions left empty are not among them."""
    given = survey.dropna(subset=["answer"]).astype({"answer": "str", "question": "str", "municipality_id": "str"})
    words = given["answer"].str.strip().str.lower()
    given, words = given[words != ""], words[words != ""]
    coded: pd.DataFrame = given.assign(answer=words.map(known).fillna(TEXT))
    return coded.reset_index(drop=True)


def interests(survey: pd.DataFrame, known: Mapping[str, str]) -> pd.DataFrame:
    """Return who said yes to which interest in the newest year: ``municipality_id, interest``."""
    coded = answered(survey, known)
    newest = coded["school_year"] == coded["school_year"].max()
    wanted: pd.DataFrame = coded[newest & coded["question"].str.startswith(INTEREST) & (coded["answer"] == YES)]
    found: pd.DataFrame = wanted.assign(interest=wanted["question"].str.removeprefix(INTEREST))
    return found.loc[:, ["municipality_id", "interest"]]


def _of_question(question: str, now: pd.DataFrame, before: pd.DataFrame) -> Iterator[dict[str, object]]:
    """Give the share of each answer, and of coded answers the difference to the same boards' year before."""
    both = now.merge(before, on="municipality_id", suffixes=("", "_before"))
    for answer in sorted({*now["answer"], *both["answer_before"]}):
        row = {"part": question, "group": f"answer={answer}"}
        yield row | {"n": len(now), "estimate": 100 * float((now["answer"] == answer).mean()), "reference": ""}
        if len(both) and answer != TEXT:
            change = (both["answer"] == answer).mean() - (both["answer_before"] == answer).mean()
            yield row | {"n": len(both), "estimate": 100 * float(change), "reference": "last_year"}
