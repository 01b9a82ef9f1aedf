import pytest
import torch
from threadpoolctl import threadpool_info

from sensors_data.nets.threads import one_thread


def blas_threads() -> set[int]:
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_one_thread_holds_for_torch_and_linear_algebra_and_what_was_set_comes_back():
    torch.set_num_threads(2)
    before = blas_threads()
    try:
        with one_thread():
            assert torch.get_num_threads() == 1
            assert blas_threads() == {1}
        assert torch.get_num_threads() == 2
        assert blas_threads() == before
    finally:
        torch.set_num_threads(1)


def test_an_error_inside_gives_the_threads_back():
    torch.set_num_threads(2)
    try:
        with pytest.raises(ZeroDivisionError), one_thread():
            divmod(1, 0)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
