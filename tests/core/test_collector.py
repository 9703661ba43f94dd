import gc

import pytest

from apps.core import collector


def test_the_collector_wakes_however_the_block_ends():
    with pytest.raises(ValueError), collector.resting():
        assert not gc.isenabled()
        raise ValueError
    assert gc.isenabled()


def test_one_block_inside_another_lets_it_sleep_on():
    with collector.resting():
        with collector.resting():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
