"""CPU or GPU: how long an epoch takes on each device of this machine, measured when asked for."""

import inspect
import time
from datetime import UTC, timedelta, timezone

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.experiment import Experiment
from linreg.figures import speed_figure
from linreg.hardware.crossover import anatomy_says, small_problems_say
from linreg.hardware.stopwatch import timed
from linreg.hardware.timing import SECONDS, Timings, unmeasured
from linreg.settings.choices import Device
from linreg.settings.devices import available_devices, describe
from linreg.ui.parts.stage import charts
from linreg.ui.state import keys
from linreg.ui.state.streamlit_internals import give_way, has_moved_on
from linreg.ui.work.measurement import Measured, Standing, bench
from linreg.ui.work.queue import GLANCE, SLOTS


def gpu(experiment: Experiment) -> None:
    """Show the newest measurement of this machine; every visitor sees the same one."""
    del experiment  # what is measured is always the lesson's model 0
    st.markdown(
        "How long does one training epoch take, and would a GPU be faster? Here it is measured, "
        "now, on the machine that runs this app: the five steps, all points in one batch, from "
        "50 points to 10,000,000. It is always the lesson's model 0; the sidebar changes nothing."
    )
    standing = bench.standing()
    newest = standing.newest
    st.button(
        "Measure" if newest is None else "Measure again",
        key=keys.MEASURE,
        type="primary",
        icon=":material/timer:",
        on_click=bench.start,
        args=(newest,),
        disabled=standing.share is not None,
    )
    progress = st.empty()
    _tell(standing, progress)
    known = newest.timings if newest is not None else None
    timings = unmeasured(available_devices()) if known is None else known
    charts("speed", {"speed": speed_figure.drawing(timings)})
    _findings(timings)
    _method()
    _wait(standing, progress)


def _tell(standing: Standing, place: DeltaGenerator) -> None:
    """Show how things stand, always as a bar, so that nothing below it moves."""
    newest = standing.newest
    if standing.share is not None:
        place.progress(standing.share, f"Measuring, at most about {SECONDS:.0f} seconds.")
    elif newest is None:
        place.progress(0.0, "Nobody has measured on this server yet.")
    elif newest.failure:
        place.progress(0.0, f"The measurement failed: {newest.failure}")
    else:
        place.progress(1.0, f"Measured {_when(newest)}, for everybody on this server.")


def _when(measured: Measured) -> str:
    """Return the time of day in the visitor's time zone, where the browser tells it."""
    offset = st.context.timezone_offset  # minutes from local time to UTC
    zone = UTC if offset is None else timezone(timedelta(minutes=-offset))
    at = measured.at.astimezone(zone)
    return f"on {at.day} {at:%B} at {at:%H:%M}{' UTC' if offset is None else ''}"


def _findings(timings: Timings) -> None:
    """Show what the two parts of each curve are, with the numbers measured."""
    st.header("What the curves say", anchor="curves", divider="gray")
    present = available_devices()
    if present == (Device.CPU,):
        st.markdown(
            "**This machine has only a CPU.** Where PyTorch finds a GPU, its curve is drawn beside "
            "this one, with the number of points from which on it is faster."
        )
    if not (timings.median > 0).any():
        st.markdown("Press *Measure*: then it stands here, in this machine's own numbers.")
        return
    for device in timings.devices:
        st.markdown(anatomy_says(timings, device))
    reason = small_problems_say(timings)
    if reason:
        st.markdown(f"**Why a small problem gains nothing from a GPU.** {reason}")


def _method() -> None:
    st.header("How it is measured", anchor="method", divider="gray")
    present = "; ".join(describe(device) for device in available_devices())
    st.markdown(
        f"Devices of this machine: {present}. The rows are on the device beforehand; to copy them "
        "there is not part of the time. Epochs that warm up do not count. Short epochs are timed "
        "several in a row; every size is timed at least three times. What else the machine does "
        "meanwhile, other visitors' trainings too, makes the band wider."
    )
    st.markdown(
        "A GPU works on while Python has already gone on to the next line. So the clock is read "
        "only when the device has been waited for, before the epochs and after them:"
    )
    st.code(inspect.getsource(timed), language="python", wrap_lines=True)


def _wait(standing: Standing, progress: DeltaGenerator) -> None:
    """Follow a measurement to its end, then show the page with its result."""
    if standing.share is None:
        return
    with SLOTS.pause():
        while (now := bench.standing()).share is not None and not has_moved_on():
            if now != standing:
                _tell(now, progress)
                standing = now
            time.sleep(GLANCE)
    give_way()
