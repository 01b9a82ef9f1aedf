import hashlib

import pytest
import torch
from torch import nn

from sensors_data.model_files import metadata
from sensors_data.nets.files import fingerprint, model_bytes, tensors_of, with_tensors
from sensors_data.seal import check
from sensors_data.settings import Section


class Card(Section):
    name: str = "a card"


def linear(outputs: int = 2) -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(3, outputs)


def test_a_file_holds_the_card_and_the_tensors_and_does_not_depend_on_their_order():
    tensors = {"b": torch.arange(6.0).view(2, 3).T, "a": torch.ones(2)}
    data = model_bytes(tensors, Card())
    assert data == model_bytes(dict(sorted(tensors.items())), Card())
    assert metadata(data)["card"] == '{"name":"a card"}'
    assert check(data, "here")
    assert torch.equal(tensors_of(data, "here", "train-series")["b"], tensors["b"])


def test_a_file_that_is_cut_short_is_named_with_the_command_that_makes_it_anew():
    data = model_bytes(linear().state_dict(), Card())
    with pytest.raises(ValueError, match="models/x is cut short; train again with: nightscore train-images"):
        tensors_of(data[:-1], "models/x", "train-images")


def test_a_network_gets_its_weights_and_learns_no_more():
    network = with_tensors(
        lambda: linear().train(), {"weight": torch.zeros(2, 3), "bias": torch.ones(2)}, "here", "train"
    )
    assert network(torch.randn(4, 3)).tolist() == [[1.0, 1.0]] * 4
    assert not network.training
    assert not network.weight.requires_grad


def test_weights_of_other_layers_are_refused():
    with pytest.raises(ValueError, match="here has other layers than its card says"):
        with_tensors(linear, linear(5).state_dict(), "here", "train-dcgan")


def test_a_fingerprint_is_a_hash_over_names_and_weights():
    network = nn.Linear(1, 1)
    with torch.no_grad():
        network.weight.fill_(1.0)
        network.bias.fill_(0.0)
    expected = hashlib.sha256(b"bias" + bytes(4) + b"weight" + b"\x00\x00\x80\x3f").hexdigest()
    assert fingerprint(network) == expected


def test_a_card_that_asks_for_a_huge_network_is_refused_before_it_takes_memory():
    with pytest.raises(ValueError, match=r"weight is torch.float32 \(2, 3\), expected torch.float32 \(9000000000, 3\)"):
        with_tensors(lambda: nn.Linear(3, 9_000_000_000, bias=False), {"weight": torch.ones(2, 3)}, "here", "train")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_tensors_with_a_number_that_is_none_are_refused(value):
    data = model_bytes({"a": torch.ones(3), "b": torch.tensor([1.0, value])}, Card())
    with pytest.raises(ValueError, match="models/x: b holds numbers that are not finite"):
        tensors_of(data, "models/x", "train-series")
