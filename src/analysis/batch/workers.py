"""Running many items in worker processes: a worker that dies takes nobody with it, and an interrupt leaves none behind."""

import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from analysis.batch.engine import Outcome

Task = TypeVar("Task")
Run = Callable[[Task, Path, Path], Outcome]


def cores() -> int:
    """Return how many workers this machine carries."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def outcomes(
    tasks: list[Task], workers: int, private: Path, run: Run[Task], is_page: Callable[[Task], bool] = lambda _: True
) -> Iterator[tuple[Task, Outcome]]:
    """Run tasks, with progress on the terminal, and yield what became of each as it ends.

    Parameters
    ----------
    tasks : list
        In the order in which they begin. It is used up, and whoever takes the outcomes may put in more.
    workers : int
        Processes at once.
    private : Path
        Where executed notebooks of failed items go.
    run : callable
        What a worker does with a task.
    is_page : callable
        Which tasks count for the progress.
    """
    every = 0.1 if sys.stderr.isatty() else 30.0
    total = sum(map(is_page, tasks))
    bar = tqdm(total=total, desc="burtnica", unit="lapa", disable=not total, mininterval=every, file=sys.stderr)
    with bar, tempfile.TemporaryDirectory(prefix="burtnica-", ignore_cleanup_errors=True) as scratch:
        for task, outcome in _isolated(tasks, workers, private, Path(scratch), run):
            bar.update(int(is_page(task)))
            yield task, outcome


def _isolated(
    waiting: list[Task], workers: int, private: Path, scratch: Path, run: Run[Task]
) -> Iterator[tuple[Task, Outcome]]:
    """A dead worker breaks its whole pool: what was lost with it runs again, each task in a pool of its own."""
    while waiting:
        lost = yield from _pool(waiting, workers, private, scratch, run)
        for task in lost:
            if (yield from _pool([task], 1, private, scratch, run)):
                yield task, Outcome("system", error="BrokenProcessPool")


def _pool(
    waiting: list[Task], workers: int, private: Path, scratch: Path, run: Run[Task]
) -> Generator[tuple[Task, Outcome], None, list[Task]]:
    """Run tasks until all are done or the pool breaks; return what was lost at work."""
    spawn = multiprocessing.get_context("spawn")
    running, lost = dict[Future[Outcome], Task](), list[Task]()
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_begin) as pool:
        try:
            while not lost:
                while waiting and len(running) < workers:
                    task = waiting.pop(0)
                    running[pool.submit(run, task, private, scratch)] = task
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task = running.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        lost.append(task)
                    else:
                        yield task, _outcome(future)
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.kill()  # its kernel ends by itself when it misses its parent
            raise
    return [*lost, *(running.values() if lost else ())]


def _outcome(future: "Future[Outcome]") -> Outcome:
    error = future.exception()
    return future.result() if error is None else Outcome("system", error=type(error).__name__)


def _begin() -> None:
    """Ctrl-C at the terminal reaches the batch alone, which ends its workers; without the batch they end themselves.

    Nothing that libraries write in a worker or in its kernel reaches the terminal or a log: it may hold data, and what a
    failure is called is told by the batch.
    """
    silent = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silent, stream)
    os.close(silent)
    if os.name == "posix":
        os.setpgrp()
    threading.Thread(target=_end_with_batch, daemon=True).start()


def _end_with_batch() -> None:
    batch = multiprocessing.parent_process()
    if batch is not None:
        batch.join()
        os._exit(1)
