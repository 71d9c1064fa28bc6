import gc

from anomaly.engine import Local, Task


def test_what_works_looks_through_what_is_loaded_no_more() -> None:
    assert Local().run([Task("answer", int, ("42",))]) == {"answer": 42}
    assert gc.get_freeze_count() > 10_000
