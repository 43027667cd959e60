"""Progress as a bar on the terminal, for commands."""

from tqdm import tqdm

from organizations.jobs.progress import Progress


class Bar(Progress):
    """A bar that appears when the work says how much it is."""

    def __init__(self, description: str, *, unit: str):
        super().__init__()
        self.description, self.unit = description, unit
        self.bar: tqdm | None = None

    def start(self, total: int, done: int = 0) -> None:
        super().start(total, done)
        self.bar = tqdm(total=total, initial=done, unit=self.unit, desc=self.description)

    def advance(self, steps: int = 1) -> None:
        super().advance(steps)
        self.bar.update(steps)

    def close(self) -> None:
        """Leave it as it is; nothing where the work never began."""
        if self.bar is not None:
            self.bar.close()


class Bars:
    """The bars of work that has several steps, one after the other: called with the description of the next step."""

    def __init__(self, **units: str):
        self.units = units
        self.last: Bar | None = None

    def __call__(self, description: str) -> Bar:
        self.close()
        self.last = Bar(description, unit=self.units.get(description.split()[0].lower(), "file"))
        return self.last

    def close(self) -> None:
        if self.last is not None:
            self.last.close()
