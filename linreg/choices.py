"""The choices that an experiment offers, by the names that addresses and controls show."""

from enum import StrEnum


class Model(StrEnum):
    """How the model holds its two numbers."""

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
    """What happens to the learning rate over the epochs."""

    CONSTANT = "constant"
    STEP = "step"
    COSINE = "cosine"


class Device(StrEnum):
    """Where model and data live while training."""

    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class Mistake(StrEnum):
    """A bug put into the loop on purpose."""

    NONE = "none"


class Scale(StrEnum):
    """The scale of the loss axis."""

    LINEAR = "linear"
    LOG = "log"
