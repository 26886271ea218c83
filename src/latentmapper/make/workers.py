"""What the worker processes of all long jobs have in common."""

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """Make this worker end when the process that started it is killed; otherwise it would wait for ever."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
