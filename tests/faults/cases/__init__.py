"""Cases: faults that are played on a clock that is set, in this process, over a real server and a real relay."""

from tests.faults.bench import Case
from tests.faults.cases import answers, doors, reaching, records, silences

CASES: dict[str, Case] = {
    **reaching.CASES,
    **answers.CASES,
    **silences.CASES,
    **doors.CASES,
    **records.CASES,
}
