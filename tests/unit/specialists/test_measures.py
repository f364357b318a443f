"""Measures against scikit-learn's, and arrays that are the same bytes."""

import io
import pickle

import numpy as np
import pytest
from sklearn import metrics

from specialists.arrays import pack, unpack
from specialists.training.measures import Score


def test_measures_that_stream_are_those_of_all_rows_at_once() -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.ones(4), size=500)
    codes = rng.integers(0, 4, 500)
    score = Score(4)
    for start in range(0, 500, 70):
        score.take(shares[start : start + 70], codes[start : start + 70])
    told = score.told(list("abcd"))

    said = shares.argmax(axis=1)
    assert told["loss"] == pytest.approx(metrics.log_loss(codes, shares), abs=1e-6)
    assert told["accuracy"] == pytest.approx(metrics.accuracy_score(codes, said), abs=1e-6)
    assert told["macro_f1"] == pytest.approx(metrics.f1_score(codes, said, average="macro"), abs=1e-6)
    assert told["confusion_matrix"]["rows"] == metrics.confusion_matrix(codes, said).tolist()


def test_no_rows_have_no_measures_and_no_error() -> None:
    assert Score(2).told(["a", "b"])["accuracy"] == 0.0


def test_the_same_arrays_are_the_same_bytes_in_any_order() -> None:
    one, two = np.arange(6.0).reshape(2, 3), np.array([1], dtype=np.int32)
    assert pack({"one": one, "two": two}) == pack({"two": two.copy(), "one": np.asfortranarray(one)})
    found = unpack(pack({"one": one, "two": two}))
    assert (found["one"] == one).all()
    assert found["two"].dtype == np.int32


def test_a_file_that_would_run_code_is_not_read() -> None:
    buffer = io.BytesIO()
    np.savez(buffer, coef=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        unpack(buffer.getvalue())
    with pytest.raises((ValueError, pickle.UnpicklingError)):
        unpack(pickle.dumps({"coef": 1}))
