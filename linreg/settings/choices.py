"""The choices of an experiment, under the names that addresses and controls show."""

from enum import StrEnum


class Model(StrEnum):
    """How the model holds its two parameters."""

    PARAMETER = "parameter"
    LINEAR = "linear"


class Loss(StrEnum):
    """The loss functions: `nn.L1Loss`, `nn.MSELoss` and `nn.HuberLoss`."""

    L1 = "l1"
    MSE = "mse"
    HUBER = "huber"


class Optimizer(StrEnum):
    """The optimizers: `SGD`, `SGD(momentum=0.9)` and `Adam`."""

    SGD = "sgd"
    MOMENTUM = "momentum"
    ADAM = "adam"


class Schedule(StrEnum):
    """How the learning rate changes over the epochs."""

    CONSTANT = "constant"
    STEP = "step"
    COSINE = "cosine"


class Device(StrEnum):
    """Where model and data are during training."""

    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class Mistake(StrEnum):
    """A bug that is put into the lesson's code on purpose."""

    NONE = "none"
    NO_ZERO_GRAD = "no-zero-grad"
    NO_STEP = "no-step"
    NO_BACKWARD = "no-backward"
    STEP_FIRST = "step-first"
    OTHER_PARAMETERS = "other-parameters"
    NO_UNSQUEEZE = "no-unsqueeze"
    TEST_SET = "test-set"
    LR_TOO_LARGE = "lr-too-large"
    LR_TOO_SMALL = "lr-too-small"
    TWO_DEVICES = "two-devices"
    OTHER_CLASS = "other-class"
    OTHER_CLASS_LOOSE = "other-class-loose"
    RUN_TWICE = "run-twice"
    GRAPH_KEPT = "graph-kept"
    NO_GRAD = "no-grad"


class Scale(StrEnum):
    """The scale of the loss axis."""

    LINEAR = "linear"
    LOG = "log"
