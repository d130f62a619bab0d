"""Train the weights of client_health/scoring/asks.py, and say how good they are.

    DATA=folder python tools/asks/train.py            weights and figures
    DATA=folder python tools/asks/train.py --figures  figures of the shipped ones

DATA is a folder with ``email_asks_train.tsv`` (English); it is read, never copied.
Dutch and a little more English are beside this file. Everything is chosen by
cross-validation over what may be learnt from (``split.py``); what is kept apart is
only measured. The same input gives the same weights.
"""

import argparse
import json
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import split
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))
import conftest  # noqa: E402, F401  # isort: skip  client_health without Odoo
from client_health.scoring import asks  # noqa: E402
from client_health.scoring.asks_features import features, word_value  # noqa: E402

FOLDS = 10
TRAIT = 0.3  # what a trait counts beside the signs of words while learning
# people forget question marks: sentences with one are learnt without it as well, as
# so much of an example
FORGOTTEN = 0.3
LAST_ASKS = 0.29  # of the messages with which a client ends a thread, so many ask


class Settings(NamedTuple):
    """How a language is learnt, and where *surely* begins in cross-validation.

    ``strength`` is the C of the regression, ``signs`` how many are kept. *Surely*
    begins where it is right often enough (``right_*``; the bars are .85 and .95), but
    finds at least ``least`` and at most ``most`` of those it is about: in English
    closing cannot be both, in Dutch as written here everything would be sure.
    """

    strength: float
    signs: int
    right_asks: float
    right_closes: float
    least: float
    most: float


SETTINGS = {
    "en": Settings(10, 4500, 0.9, 0.96, 0.53, 0.85),
    "nl": Settings(10, 2200, 0.9, 0.96, 0.53, 0.9),
}


def matrix(
    texts: list[str], language: str, columns: dict[str, int]
) -> sparse.csr_matrix:
    """Sentences × signs."""
    rows, cells, values = [], [], []
    for row, text in enumerate(texts):
        words, traits = features(text, language)
        for signs, value in ((words, word_value(len(words))), (traits, TRAIT)):
            for column in sorted(columns[sign] for sign in signs if sign in columns):
                rows.append(row)
                cells.append(column)
                values.append(value)
    shape = (len(texts), len(columns))
    return sparse.csr_matrix((values, (rows, cells)), shape=shape)


def learn(
    examples: list[split.Example], language: str, settings: Settings
) -> asks.Model:
    """A model of the signs that say most, its thresholds still open.

    Signs are dropped in three steps and the rest learnt anew after each, so that one
    of two signs that go together takes over when the other is dropped.
    """
    asked = [example for example in examples if "?" in example.text]
    worth = np.concatenate([np.ones(len(examples)), np.full(len(asked), FORGOTTEN)])
    labels = np.array([example.asks for example in examples + asked])
    texts = [example.text for example in examples]
    texts += [example.text.replace("?", "") for example in asked]
    counts: Counter[str] = Counter()
    for text in texts:
        for signs in features(text, language):
            counts.update(signs)
    names = sorted(sign for sign, count in counts.items() if count > 1)
    cells = matrix(texts, language, {name: at for at, name in enumerate(names)})
    spread = np.sqrt(np.asarray(cells.power(2).sum(axis=0)).ravel())

    def fitted(kept: np.ndarray) -> LogisticRegression:
        model = LogisticRegression(
            C=settings.strength, solver="liblinear", random_state=0
        )
        return model.fit(cells[:, kept], labels, sample_weight=worth)

    kept = np.arange(len(names))
    for step in (1, 2, 3):
        wanted = int(len(names) * (settings.signs / len(names)) ** (step / 3))
        if wanted < len(kept):
            says = np.abs(fitted(kept).coef_[0]) * spread[kept]
            kept = np.sort(kept[np.argsort(-says, kind="stable")[:wanted]])
    model = fitted(kept)
    weights = {}
    for at, weight in zip(kept, model.coef_[0], strict=True):
        name = names[at]
        weight *= 100 * (TRAIT if name.startswith("#") else 1)
        # coarse where it is large: signs of equal weight stand together in the file
        weight = round(weight, -1) if abs(weight) > 100 else round(weight)
        if weight:
            weights[name] = int(weight)
    return asks.Model(round(float(model.intercept_[0]), 3), 1.0, 0.0, weights)


def probabilities(
    examples: list[split.Example], language: str, model: asks.Model
) -> np.ndarray:
    """What the product itself says of each sentence."""
    odds = [asks.score(example.text, model, language) for example in examples]
    return 1 / (1 + np.exp(-np.clip(odds, -asks.NEVER, asks.NEVER)))


def cross_validated(
    examples: list[split.Example], language: str, settings: Settings
) -> np.ndarray:
    """The probability of each sentence by a model that never saw its group."""
    result = np.zeros(len(examples))
    groups = [example.group for example in examples]
    folds = GroupKFold(min(FOLDS, len(set(groups))))
    for learnt, told in folds.split(examples, groups=groups):
        model = learn([examples[at] for at in learnt], language, settings)
        result[told] = probabilities([examples[at] for at in told], language, model)
    return result


def surely(
    labels: np.ndarray, values: np.ndarray, right: float, least: float, most: float
) -> float:
    """The value from which on a verdict is sure: see :class:`Settings`."""
    order = np.argsort(-values, kind="stable")
    so_far = np.cumsum(labels[order])
    enough = np.flatnonzero(so_far / np.arange(1, len(order) + 1) >= right)
    found = so_far / labels.sum()
    at = max(enough[-1] if len(enough) else 0, np.flatnonzero(found >= least)[0])
    return float(values[order][min(at, np.flatnonzero(found >= most)[0])])


def trained(
    examples: list[split.Example], language: str
) -> tuple[asks.Model, np.ndarray]:
    """The model of a language, and what cross-validation says of each example."""
    settings = SETTINGS[language]
    _strength, _signs, right_asks, right_closes, least, most = settings
    labels = np.array([example.asks for example in examples])
    values = cross_validated(examples, language, settings)
    model = learn(examples, language, settings)._replace(
        asks=round(surely(labels, values, right_asks, least, most), 3),
        closes=round(-surely(~labels, -values, right_closes, least, most), 3),
    )
    return model, values


def figures(
    examples: list[split.Example], values: np.ndarray, model: asks.Model
) -> str:
    """The figures of the bars, as one line."""
    labels = np.array([example.asks for example in examples])
    sure, closed = values >= model.asks, values <= model.closes
    wrong, found = closed[labels].mean(), closed[~labels].mean()
    rarer = (1 - LAST_ASKS) * found / ((1 - LAST_ASKS) * found + LAST_ASKS * wrong)
    parts = [
        f"{len(labels)} sentences, {labels.mean():.0%} ask",
        f"F1 {f1_score(labels, values >= 0.5):.3f}",
        f"AUC {roc_auc_score(labels, values):.3f}",
        f"surely asks right {labels[sure].mean():.3f} found {sure[labels].mean():.2f}",
        f"surely closes right {(~labels[closed]).mean():.3f} found {found:.2f}"
        f" (right {rarer:.3f} where {LAST_ASKS:.0%} ask)",
    ]
    return " · ".join(parts)


def written(models: dict[str, asks.Model]) -> str:
    """The text of the weights file: signs of equal weight stand together."""
    shipped = {}
    for language, model in sorted(models.items()):
        signs = defaultdict(list)
        for sign, weight in sorted(model.weights.items()):
            signs[weight].append(sign)
        shipped[language] = {
            **model._asdict(),
            "weights": {str(key): "|".join(signs[key]) for key in sorted(signs)},
        }
    return json.dumps(shipped, ensure_ascii=False, indent=0) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", action="store_true", help="train nothing")
    train = not parser.parse_args().figures
    data = Path(os.environ.get("DATA") or sys.exit("DATA= says where English is"))
    parts = {language: split.parts(language, data) for language in SETTINGS}
    if train:
        models = {}
        for language, (examples, _kept) in parts.items():
            models[language], values = trained(examples, language)
            told = figures(examples, values, models[language])
            print(f"{language}, cross-validated: {told}", flush=True)
        asks.WEIGHTS.write_text(written(models), encoding="utf-8")
        asks.models.cache_clear()
    for language, model in asks.models().items():
        kept = parts[language][1]
        told = figures(kept, probabilities(kept, language, model), model)
        print(f"{language}, kept apart: {told}")
    signs = {name: len(model.weights) for name, model in asks.models().items()}
    print(f"{asks.WEIGHTS.name}: {asks.WEIGHTS.stat().st_size:,} bytes, signs {signs}")


if __name__ == "__main__":
    main()
