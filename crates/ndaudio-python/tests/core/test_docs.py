"""Every public thing is documented, and every example in a docstring, in the README and in the cookbook runs."""

import doctest
import inspect
import pathlib
import types

import ndaudio
import pytest

ATTRIBUTES = (types.GetSetDescriptorType, property)
HERE = pathlib.Path(__file__).resolve().parents[2]


def public():
    """All that is exported, and all its members that are not private."""
    things = {name: getattr(ndaudio, name) for name in ndaudio.__all__}
    for module in (ndaudio.bands, ndaudio.features):
        things |= {f"{module.__name__}.{name}".removeprefix("ndaudio."): getattr(module, name) for name in module.__all__}
    for name, thing in things.items():
        yield name, thing
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and callable(getattr(thing, member)):
                    yield f"{name}.{member}", value
                elif not member.startswith("_") and isinstance(value, ATTRIBUTES):
                    yield f"{name}.{member}", value


THINGS = dict(public())


def run(text, name):
    parser = doctest.DocTestParser()
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    report = []
    runner.run(parser.get_doctest(text, {"__name__": "__main__"}, name, None, 0), out=report.append)
    assert runner.failures == 0, "".join(report)
    return runner.tries


@pytest.mark.parametrize("name", THINGS)
def test_a_docstring_is_there_and_its_example_runs(name):
    doc = inspect.getdoc(THINGS[name])
    assert doc, f"{name} has no docstring"
    if isinstance(THINGS[name], ATTRIBUTES):
        # An attribute says its type and what it is.
        assert " : " in doc, name
        return
    assert "Examples\n--------\n" in doc, f"{name} has no example"
    assert run(doc, name) > 0


def test_the_package_has_an_example():
    assert run(ndaudio.__doc__, "ndaudio") > 0


@pytest.mark.parametrize("page", ["README.md", "docs/cookbook.md"])
def test_a_page_runs(page):
    assert run((HERE / page).read_text(), page) > 0


def test_all_is_all():
    names = {name for name in vars(ndaudio) if not name.startswith("_")}
    assert names == set(ndaudio.__all__)
    assert list(ndaudio.__all__) == sorted(ndaudio.__all__)
