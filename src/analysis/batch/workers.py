"""Running many items in worker processes: a worker that dies takes nobody with it, and an interrupt leaves none behind."""

import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from tqdm import tqdm

from analysis.batch.engine import Item, Outcome, run_item

Run = Callable[[Item, Path, Path], Outcome]


def cores() -> int:
    """Return how many workers this machine carries."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def outcomes(items: Sequence[Item], workers: int, private: Path, run: Run = run_item) -> Iterator[tuple[Item, Outcome]]:
    """Run items, with progress on the terminal, and yield what became of each as it ends.

    Parameters
    ----------
    items : sequence of Item
        In the order in which they begin.
    workers : int
        Processes at once.
    private : Path
        Where executed notebooks of failed items go.
    run : callable
        What a worker does with an item.
    """
    every = 0.1 if sys.stderr.isatty() else 30.0
    bar = tqdm(total=len(items), desc="burtnica", unit="lapa", disable=not items, mininterval=every, file=sys.stderr)
    with bar, tempfile.TemporaryDirectory(prefix="burtnica-", ignore_cleanup_errors=True) as scratch:
        for item, outcome in _isolated(items, workers, private, Path(scratch), run):
            bar.update()
            yield item, outcome


def _isolated(
    items: Sequence[Item], workers: int, private: Path, scratch: Path, run: Run
) -> Iterator[tuple[Item, Outcome]]:
    """A dead worker breaks its whole pool: what was lost with it runs again, each item in a pool of its own."""
    waiting = list(items)
    while waiting:
        lost, waiting = yield from _pool(waiting, workers, private, scratch, run)
        for item in lost:
            again, _ = yield from _pool([item], 1, private, scratch, run)
            if again:
                yield item, Outcome("system", error="BrokenProcessPool")


def _pool(
    items: Sequence[Item], workers: int, private: Path, scratch: Path, run: Run
) -> Generator[tuple[Item, Outcome], None, tuple[list[Item], list[Item]]]:
    """Run items until all are done or the pool breaks; return what was lost at work, and what never began."""
    spawn = multiprocessing.get_context("spawn")
    queue, running, lost = iter(items), dict[Future[Outcome], Item](), list[Item]()
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_begin) as pool:
        try:
            while not lost:
                for item in queue:
                    running[pool.submit(run, item, private, scratch)] = item
                    if len(running) >= workers:
                        break
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    item = running.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        lost.append(item)
                    else:
                        yield item, _outcome(future)
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.kill()  # its kernel ends by itself when it misses its parent
            raise
    return [*lost, *(running.values() if lost else ())], list(queue)


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
