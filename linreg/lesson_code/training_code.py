"""Writes the lesson's code for optimizer, training loop and loss curves as text.

As in `data_code`, every function returns the lines that a student would write for one experiment.
"""

from linreg.core.experiment import Experiment
from linreg.core.losses import make_loss
from linreg.core.record import log_interval
from linreg.core.seeding import Stream
from linreg.core.training import MOMENTUM
from linreg.lesson_code.code_lines import WIDTH, indent_lines, join_lines, write_call
from linreg.lesson_code.data_code import COLORS, name_sets, write_generator
from linreg.settings.choices import Optimizer, Schedule

FIVE_STEPS = """\
# 1. Forward pass: what does the model predict?
y_pred = model({X})

# 2. Calculate the loss: how wrong are the predictions?
loss = loss_fn(y_pred, {y})

# 3. Clear the gradients: new ones would be added to them
optimizer.zero_grad()

# 4. Backpropagation: every parameter gets its gradient
loss.backward()

# 5. Optimizer step: change the parameters
optimizer.step()
"""


def write_optimizer(experiment: Experiment) -> str:
    """Return the code of loss function and optimizer, and of scheduler and DataLoader if used."""
    return join_lines(
        f"loss_fn = nn.{type(make_loss(experiment.loss)).__name__}()",
        _write_rule(experiment),
        f"epochs = {experiment.epochs}",
        *_write_schedule(experiment.schedule),
        *(_write_batches(experiment) if experiment.batch_size is not None else ()),
    )


def _write_rule(experiment: Experiment) -> str:
    arguments = ["params=model.parameters()", f"lr={experiment.lr!r}"]
    if experiment.optimizer is Optimizer.ADAM:
        return write_call("optimizer = torch.optim.Adam", *arguments)
    if experiment.optimizer is Optimizer.MOMENTUM:
        arguments.append(f"momentum={MOMENTUM!r}")
    return write_call("optimizer = torch.optim.SGD", *arguments)


def _write_schedule(schedule: Schedule) -> tuple[str, ...]:
    if schedule is Schedule.CONSTANT:
        return ()
    start = "scheduler = torch.optim.lr_scheduler"
    if schedule is Schedule.STEP:
        return (
            "third = (epochs + 2) // 3  # a third of the epochs, rounded up",
            write_call(f"{start}.StepLR", "optimizer", "step_size=third", "gamma=0.1"),
        )
    return (write_call(f"{start}.CosineAnnealingLR", "optimizer", "T_max=epochs"),)


def _write_batches(experiment: Experiment) -> tuple[str, ...]:
    return (
        "batches = DataLoader(",
        "    TensorDataset(X_train, y_train),",
        f"    batch_size={experiment.batch_size},",
        "    shuffle=True,",
        f"    generator={write_generator(experiment, Stream.BATCHES)},",
        ")",
    )


def write_loop(experiment: Experiment, every: int | None = None) -> str:
    """Return the training loop, which keeps the losses of every epoch.

    It prints those of every `every`-th epoch; with None it prints about ten times.
    """
    sets = name_sets(experiment)
    lists = [f"{s}_loss_values = []" for s in sets]
    if "test" not in sets:
        lists.append('test_loss_values = [float("nan")] * epochs  # no test set')
    log = _write_log(sets, every or log_interval(experiment.epochs))
    return join_lines(*lists, "", write_epochs(experiment), "", indent_lines(log))


def write_epochs(experiment: Experiment) -> str:
    """Return the part of the training loop that computes: all of it but the lists and the log."""
    full = experiment.batch_size is None
    constant = experiment.schedule is Schedule.CONSTANT
    body = join_lines(
        "model.train()",
        _write_epoch() if full else _write_epoch_of_batches(),
        None if constant else "# Set the learning rate of the next epoch\nscheduler.step()",
        *_write_testing(name_sets(experiment)[1:]),
    )
    return join_lines("for epoch in range(epochs):", indent_lines(body))


def _write_epoch() -> str:
    return join_lines(
        "",
        FIVE_STEPS.format(X="X_train", y="y_train"),
        "# The loss of step 2, before the update",
        "train_loss = loss.item()",
        "train_loss_values.append(train_loss)",
    )


def _write_epoch_of_batches() -> str:
    return join_lines(
        "batch_losses = []",
        "for X_batch, y_batch in batches:",
        indent_lines(FIVE_STEPS.format(X="X_batch", y="y_batch")),
        "    batch_losses.append(loss.item() * len(X_batch))",
        "",
        "# The mean over the rows, as a float32 like every other loss",
        "loss_sum = sum(batch_losses)",
        "train_loss = torch.tensor(loss_sum / len(X_train)).item()",
        "train_loss_values.append(train_loss)",
    )


def _write_testing(sets: list[str]) -> tuple[str, ...]:
    """Return the testing loop, which runs after the last step of the epoch, without gradients."""
    if not sets:
        return ()
    forward = [f"{s}_pred = model(X_{s})\n{s}_loss = loss_fn({s}_pred, y_{s})" for s in sets]
    return (
        "",
        "model.eval()",
        "with torch.inference_mode():",
        *(indent_lines(lines) for lines in forward),
        *(f"{s}_loss_values.append({s}_loss.item())" for s in sets),
    )


def _write_log(sets: list[str], every: int) -> str:
    texts = ["Epoch: {epoch}", *(f"{s.capitalize()} loss: {{{s}_loss}}" for s in sets)]
    log = f'print(f"{" | ".join(texts)}")'
    if len(indent_lines(indent_lines(log))) > WIDTH:
        log = join_lines("print(", *(f'    f"{text}",' for text in texts), '    sep=" | ",', ")")
    if every == 1:
        return log
    return join_lines(f"if epoch % {every} == 0:", indent_lines(log))


def write_loss_plot(experiment: Experiment) -> str:
    """Return the code that plots the loss curves, on a linear and on a log scale."""
    return join_lines(
        "if plt is not None:",
        '    for scale in ("linear", "log"):',
        "        plt.figure()",
        *(indent_lines(indent_lines(_write_curve(s))) for s in name_sets(experiment)),
        "        plt.yscale(scale)",
        '        plt.xlabel("epoch")',
        '        plt.ylabel("loss")',
        "        plt.legend()",
    )


def _write_curve(name: str) -> str:
    look = f'c="{COLORS[name]}"', f'label="{name} loss"'
    return write_call("plt.plot", f"{name}_loss_values", *look, indent=8)
