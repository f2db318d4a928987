"""CPU or GPU: measures how long an epoch takes on each device of this machine."""

import inspect
import time
from datetime import UTC, timedelta, timezone

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from linreg.core.experiment import Experiment
from linreg.figures import speed_figure
from linreg.hardware.crossover import anatomy_says, disturbance_says, small_problems_say
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
    """Show the newest measurement of this machine; all visitors see the same one."""
    del experiment  # the measurement always uses the lesson's model 0
    st.markdown(
        "How long does one training epoch take, and is a GPU faster? This page measures it on the "
        "machine that runs the app. An epoch is the five steps with all points in one batch, for "
        "50 to 10,000,000 points. The model is always the lesson's model 0; the sidebar has no "
        "effect here."
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
    """Show the state of the measurement, always as a bar, so that nothing below it moves."""
    newest = standing.newest
    if standing.share is not None:
        place.progress(
            standing.share, f"Measuring. This takes about {SECONDS:.0f} seconds at most."
        )
    elif newest is None:
        place.progress(0.0, "Nobody has measured on this server yet.")
    elif newest.failure:
        place.progress(0.0, f"The measurement failed: {newest.failure}")
    else:
        place.progress(1.0, f"Measured {_when(newest)}. Everybody on this server sees this result.")


def _when(measured: Measured) -> str:
    """Return date and time in the visitor's time zone, or in UTC where it is not known."""
    offset = st.context.timezone_offset  # minutes from local time to UTC
    zone = UTC if offset is None else timezone(timedelta(minutes=-offset))
    at = measured.at.astimezone(zone)
    return f"on {at.day} {at:%B} at {at:%H:%M}{' UTC' if offset is None else ''}"


def _findings(timings: Timings) -> None:
    """Explain the two parts of each curve with the measured numbers."""
    st.header("What the curves say", anchor="curves", divider="gray")
    present = available_devices()
    if present == (Device.CPU,):
        st.markdown(
            "**This machine has only a CPU.** Where PyTorch finds a GPU, the chart also shows "
            "the GPU's curve and the number of points from which on the GPU is faster."
        )
    if not (timings.median > 0).any():
        st.markdown("The explanation with the numbers of this machine comes with the measurement.")
        return
    if disturbed := disturbance_says(timings):
        st.warning(f"{disturbed} Then the page explains the numbers.", icon=":material/warning:")
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
        f"Devices of this machine: {present}. The rows are copied to the device before the clock "
        "starts. The first epochs are not counted, because they warm up the device. Short epochs "
        "are timed several in a row, and every size is timed at least three times. Other work on "
        "the machine at the same time, such as other visitors' runs, makes the band wider and may "
        "lift the line."
    )
    st.markdown(
        "A GPU may still compute when Python already runs the next line. So the code waits for "
        "the device before it reads the clock, both before the epochs and after them:"
    )
    st.code(inspect.getsource(timed), language="python")


def _wait(standing: Standing, progress: DeltaGenerator) -> None:
    """Update the bar until the measurement ends, then show the page with its result."""
    if standing.share is None:
        return
    with SLOTS.pause():
        while (now := bench.standing()).share is not None and not has_moved_on():
            if now != standing:
                _tell(now, progress)
                standing = now
            time.sleep(GLANCE)
    give_way()
