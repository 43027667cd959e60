"""Progress as a bar on a terminal."""

from tqdm import tqdm

from organizations.jobs.progress import Progress


class Bar(Progress):
    """A step for each table and file."""

    def __init__(self, title: str):
        super().__init__()
        self.title = title
        self.bar: tqdm | None = None

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *problem) -> None:
        if self.bar is not None:
            self.bar.close()

    def start(self, total: int, done: int = 0) -> None:
        super().start(total, done)
        self.bar = tqdm(total=total, unit="part", desc=self.title)

    def advance(self, steps: int = 1) -> None:
        super().advance(steps)
        if self.bar is not None:
            self.bar.update(steps)
