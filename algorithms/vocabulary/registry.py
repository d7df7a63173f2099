"""Every typology that is known: those of the package, and an installation's own.

The package's are the modules below `sandan.algorithms.typologies`: there is no list of them. An installation adds its own as Python
files in the folder of the setting `typologies`, or as installed packages with entry points of the group `sandan.typologies`. Labels,
causes, signs and the columns of models are derived from what is found here.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from sandan.algorithms.vocabulary.check import fault_of
from sandan.algorithms.vocabulary.own import Offered, offered
from sandan.algorithms.vocabulary.typology import FAMILIES, Reason, Sign, Typology
from sandan.record.errors import ConfigError, SandanError
from sandan.record.settings import Settings


@dataclass(frozen=True)
class Registry(Mapping[str, Typology]):
    """Typologies by name, by family and then by name.

    Attributes:
        typologies: By name.
        origins: Where an installation's own come from, by name; the package's are not in it.
    """

    typologies: Mapping[str, Typology]
    origins: Mapping[str, str]

    def __getitem__(self, name: str) -> Typology:
        return self.typologies[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.typologies)

    def __len__(self) -> int:
        return len(self.typologies)

    @cached_property
    def reasons(self) -> Mapping[str, Reason]:
        """Every reason by name."""
        return {reason.name: reason for typology in self.values() for reason in typology.every_reason}

    def is_floor(self, reason: str) -> bool:
        """Whether a finding of a reason holds the grade of its consignment by itself."""
        return reason in self.reasons and bool(self.reasons[reason].floor)

    @cached_property
    def signs(self) -> tuple[Sign, ...]:
        """Signs of what surrounds a consignment, of all typologies."""
        return tuple(sign for typology in self.values() for sign in typology.signs)

    @cached_property
    def typology_of(self) -> Mapping[str, str]:
        """Name of the typology by name of the reason."""
        return {reason.name: typology.name for typology in self.values() for reason in typology.every_reason}

    @cached_property
    def causes(self) -> tuple[str, ...]:
        """What of which only the strongest counts, in a fixed order; what only the model found is no cause that it could learn from."""
        learned = {name for name, typology in self.items() if typology.family == "learned"}
        return tuple(sorted({reason.cause for reason in self.reasons.values() if self.typology_of[reason.name] not in learned}))

    @cached_property
    def ruled(self) -> tuple[str, ...]:
        """Forged transactions that show on a single consignment, by their rules: each is a column of the network's model."""
        return tuple(name for name, typology in self.items() if typology.family == "forged" and typology.rules)

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Tables that some typology needs."""
        return tuple(sorted({need.table for typology in self.values() for need in typology.needs}))

    @contextmanager
    def blamed(self, typology: str) -> Iterator[None]:
        """While its rules or signs run: an error in an installation's own typology names where that comes from.

        Raises:
            ConfigError: Something of an installation's own failed.
        """
        try:
            yield
        except Exception as exc:
            origin = self.origins.get(typology)
            if origin is None or isinstance(exc, SandanError):
                raise
            raise ConfigError(f"{origin}: cannot be run ({type(exc).__name__}: {exc}); correct or remove it") from exc

    def label(self, name: str, language: str) -> str:
        """What a typology is called in `en` or `zh`; the name itself where it is not known here, as in an older run."""
        typology = self.get(name)
        return typology.label.render(language, {}) if typology else name


_folder: Path | None = None


def use(settings: Settings) -> None:
    """Take the typologies of an installation: those that `registry` gives from now on in this process."""
    global _folder
    folder = settings.typologies
    _folder = None if folder is None else (settings.home / folder).resolve()


def registry() -> Registry:
    """The typologies of the installation in use; without one, those of the package and of installed packages.

    Raises:
        ConfigError: An installation's own cannot be loaded, is not well made, or clashes with another.
    """
    return _registry(_folder)


@lru_cache(maxsize=8)
def _registry(folder: Path | None) -> Registry:
    found = {typology.name: typology for typology in _of_package()}
    own: dict[str, Offered] = {}
    names = {reason.name: "the package" for typology in found.values() for reason in typology.every_reason}
    for one in offered(folder):
        typology = one.typology
        if fault := fault_of(typology):
            raise ConfigError(f"{one.origin}: {fault}; correct or remove it")
        if typology.name in found:
            by = own[typology.name].origin if typology.name in own else "the package"
            raise ConfigError(f"{one.origin}: the name {typology.name} is taken by {by}; give it another name or remove it")
        for reason in typology.every_reason:
            if reason.name in names:
                raise ConfigError(
                    f"{one.origin}: the reason {reason.name} is taken by {names[reason.name]}; give it another name or remove it"
                )
            names[reason.name] = one.origin
        found[typology.name], own[typology.name] = typology, one
    ordered = sorted(found.values(), key=lambda typology: (FAMILIES.index(typology.family), typology.name))
    return Registry({typology.name: typology for typology in ordered}, {name: one.origin for name, one in own.items()})


def _of_package() -> Iterator[Typology]:
    from sandan.algorithms import typologies

    for module in pkgutil.walk_packages(typologies.__path__, f"{typologies.__name__}."):
        if not module.ispkg:
            yield importlib.import_module(module.name).TYPOLOGY
