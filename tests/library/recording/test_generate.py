"""Generation: batches do not matter, the end token is kept or suppressed, draws are seeded."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from synergycore import models, recording
from synergycore.errors import SynergyError
from tiny_models import PROMPTS, TinyPrompt, save


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    return load(tmp_path_factory.mktemp("generate"))


def load(folder, **options):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNERGY_CACHE", str(folder / "cache"))
        return models.load(save(folder / "model", "qwen3", **options), device="cpu")


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_batches_do_not_matter(loaded, temperature):
    options = {"new_tokens": 8, "temperature": temperature}
    one = recording.record(loaded, PROMPTS, batch_size=1, **options)
    all_at_once = recording.record(loaded, PROMPTS, batch_size=3, **options)
    np.testing.assert_array_equal(one.tokens, all_at_once.tokens)
    for name in (*recording.SIGNALS, "residual_gram"):
        np.testing.assert_allclose(one[name], all_at_once[name], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_same_seed_same_numbers(loaded, temperature):
    options = {"new_tokens": 8, "temperature": temperature, "seed": 3}
    first = recording.record(loaded, PROMPTS, **options)
    again = recording.record(loaded, PROMPTS, **options)
    for name in first.data_vars:
        np.testing.assert_array_equal(first[name].values, again[name].values)


def test_seeds_differ_and_prompts_have_their_own_draws(loaded):
    options = {"new_tokens": 12, "temperature": 1.0}
    _, first = recording.generate(loaded, PROMPTS, seed=0, **options)
    _, other = recording.generate(loaded, PROMPTS, seed=1, **options)
    _, alone = recording.generate(loaded, PROMPTS[1:2], seed=0, **options)
    assert first != other
    assert alone == first[1:2]


def test_sampling_follows_the_softmax(loaded):
    """1,000 first tokens against the probabilities: chi-square per degree of freedom near 1."""
    ids = recording.encode(loaded, "ab")
    with torch.no_grad():
        logits = loaded.model(torch.tensor([ids])).logits[0, -1]
    logits[loaded.tokenizer.eos_token_id] = -torch.inf
    expected = 1000 * torch.softmax(logits / 0.7, -1).numpy()
    prompts = [TinyPrompt(f"draw {i}", "letters", "ab") for i in range(1000)]
    _, written = recording.generate(
        loaded, prompts, new_tokens=8, temperature=0.7, batch_size=500, progress=False
    )
    seen = np.bincount([row[0] for row in written], minlength=len(expected))
    often = expected > 5
    chi = ((seen - expected)[often] ** 2 / expected[often]).sum() / often.sum()
    assert 0.6 < chi < 1.5


@pytest.fixture(scope="module")
def ending(tmp_path_factory):
    """A model that ends the sequence as its third token, whatever the prompt."""
    made = load(tmp_path_factory.mktemp("ending"))
    made.model.generation_config.eos_token_id = [made.tokenizer.pad_token_id]
    _, written = recording.generate(made, PROMPTS, new_tokens=8, stop_at_eos=True)
    made.model.generation_config.eos_token_id = [row[2] for row in written]
    return made, written


def test_end_of_sequence_honoured(ending):
    made, written = ending
    stopping = recording.record(made, PROMPTS, new_tokens=9, stop_at_eos=True)
    ends = set(made.model.generation_config.eos_token_id)
    lengths = [next(i for i, t in enumerate(row) if t in ends) + 1 for row in written]
    assert stopping.lengths.values.tolist() == lengths
    for index, length in enumerate(lengths):
        one = stopping.isel(prompt=index)
        assert not np.isnan(one.z_norm.values[..., :length]).any()
        assert np.isnan(one.z_norm.values[..., length:]).all()
        total = int(one.prompt_lengths) + length
        assert (one.tokens.values[:total] >= 0).all()
        assert (one.tokens.values[total:] == -1).all()
        assert np.isnan(one.residual_gram.values[:, total:]).all()
        assert not np.isnan(one.residual_gram.values[:, :total]).any()


def test_end_of_sequence_suppressed(ending):
    made, _ = ending
    _, written = recording.generate(made, PROMPTS, new_tokens=9)
    assert [len(row) for row in written] == [9, 9, 9]
    assert not set(made.model.generation_config.eos_token_id) & {t for r in written for t in r}


def test_the_models_own_defaults_do_not_decode(loaded):
    """Penalties and sampling that a model ships with would make "greedy" something else."""
    _, plain = recording.generate(loaded, PROMPTS, new_tokens=10)
    config = loaded.model.generation_config
    config.repetition_penalty, config.do_sample, config.top_k = 5.0, True, 3
    try:
        _, again = recording.generate(loaded, PROMPTS, new_tokens=10)
        assert loaded.model.generation_config is config
    finally:
        config.repetition_penalty, config.do_sample, config.top_k = None, None, None
    assert again == plain


def test_prompt_longer_than_the_context(loaded):
    prompts = [*PROMPTS, TinyPrompt("novel", "words", "x" * 90)]
    with pytest.raises(SynergyError, match=r"'novel' has 90 tokens, with 8 new .* context of 96"):
        recording.record(loaded, prompts, new_tokens=8)


def test_no_prompts(loaded):
    with pytest.raises(SynergyError, match="no prompts"):
        recording.record(loaded, [], new_tokens=8)


def test_a_chat_template_that_leaves_the_text_out(tmp_path):
    chat = load(tmp_path, chat=True)
    chat.tokenizer.chat_template = "hello"
    with pytest.raises(SynergyError, match="'short' and 'long' have other texts and the same tok"):
        recording.record(chat, PROMPTS, new_tokens=8)
    chat.tokenizer.chat_template = "{% for %}"
    with pytest.raises(SynergyError, match=r"chat template of model .* does not work \(Expected"):
        recording.record(chat, PROMPTS, new_tokens=8)


def test_tokens_that_are_not_this_models(loaded):
    given = recording.record(loaded, PROMPTS, new_tokens=8)
    given.tokens[0, 0] = 260
    with pytest.raises(SynergyError, match=r"'short' has tokens from .* to 260, but .* 0 to 259"):
        recording.replay(loaded, given)


def test_tokens_that_are_fewer_than_is_said(loaded):
    given = recording.record(loaded, PROMPTS, new_tokens=8)
    given.lengths[1] = 9
    with pytest.raises(SynergyError, match=r"'long' .* has 27 tokens, but says 19 of .* and 9 new"):
        recording.replay(loaded, given)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"new_tokens": 7}, "new_tokens is 7, expected greater than or equal to 8"),
        ({"batch_size": 0}, "batch_size is 0, expected greater than or equal to 1"),
        ({"temperature": float("nan")}, "temperature is nan, expected a finite number"),
        ({"seed": -1}, "seed is -1, expected greater than or equal to 0"),
    ],
)
def test_decoding_beyond_its_limits(loaded, option, said):
    with pytest.raises(SynergyError, match=said):
        recording.record(loaded, PROMPTS, **({"new_tokens": 8} | option))


def test_chat_models_get_a_users_turn(tmp_path):
    chat = load(tmp_path, chat=True)
    base = replace(chat, chat=False)
    assert chat.chat
    decode = chat.tokenizer.decode
    assert decode(recording.encode(chat, "hi")) == "<user>hi<assistant>"
    assert decode(recording.encode(base, "hi")) == "hi"


def test_no_bars_in_a_log(loaded, capfd):
    recording.record(loaded, PROMPTS[:2], new_tokens=8)
    assert capfd.readouterr().err == "generate: 2 prompts\nreplay: 2 prompts\n"
