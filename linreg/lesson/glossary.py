"""The lesson's words, each in a sentence or two. Content: data, not code."""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "tensor": "PyTorch's array of numbers. It has a shape, a type such as float32, and a "
        "device that it lives on.",
        "split": "Rows dealt into sets with different jobs: the training set is learned from, the "
        "validation set is what settings are tuned on, the test set is what the result is judged "
        "on, once.",
        "parameter": "A number that the model learns: here a weight and a bias. In PyTorch an "
        "`nn.Parameter`, which `model.parameters()` lists and the optimizer moves.",
        "hyperparameter": "A number that you set and that is not learned: the learning rate, the "
        "number of epochs, the batch size.",
        "state_dict": "A dictionary from the name of each parameter to its tensor. It is what is "
        "saved; the class itself is not in it.",
        "loss": "One number for how wrong the predictions are; smaller is better. L1 is the mean "
        "absolute error, MSE the mean squared error.",
        "gradient": "How much the loss changes for a small change of each parameter: its slope. "
        "`backward()` adds it to the parameter's `.grad`.",
        "optimizer": "What moves the parameters against their gradients, in `step()`. SGD goes "
        "lr times the gradient.",
        "epoch": "One pass over all training rows.",
        "batch": "The rows that one optimizer step uses. In the lesson that is all of them, so an "
        "epoch is one step.",
        "evaluation mode": "`model.eval()` tells layers such as dropout to behave as in use, not "
        "as in training. It does not switch off gradients. This model has no such layer.",
        "inference mode": "Under `torch.inference_mode()` PyTorch records nothing for gradients, "
        "which saves time and memory. It does not switch the model's mode: that is `eval()`.",
        "device": "Where a tensor lives and is computed with: `cpu`, `cuda` (NVIDIA and AMD GPUs) "
        "or `mps` (Apple's). Model and data must be on the same one.",
    }
)
