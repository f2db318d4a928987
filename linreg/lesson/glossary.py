"""The lesson's words, each explained in a few sentences."""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "tensor": "PyTorch's array of numbers. It has a shape, a type such as float32, and a "
        "device that holds it.",
        "split": "The rows are divided into sets with different purposes. The model learns from "
        "the training set. You tune settings on the validation set. You judge the result on the "
        "test set, once.",
        "parameter": "A number that the model learns: here a weight and a bias. In PyTorch it is "
        "an `nn.Parameter`. `model.parameters()` lists it, and the optimizer changes it.",
        "hyperparameter": "A number that you set and that is not learned: the learning rate, the "
        "number of epochs, the batch size.",
        "state_dict": "A dictionary that holds the tensor of each parameter under its name. It is "
        "what you save. The class of the model is not in it.",
        "loss": "One number for how wrong the predictions are; smaller is better. L1 is the mean "
        "absolute error, MSE the mean squared error. Huber is half the square of an error up to 1 "
        "and linear beyond, so that a few rows far away count less than with MSE.",
        "gradient": "The slope of the loss for each parameter: how much the loss changes when the "
        "parameter changes a little. `backward()` adds it to the parameter's `.grad`.",
        "optimizer": "The object that changes the parameters: its `step()` moves them against "
        "their gradients. SGD moves each by lr times its gradient. Momentum moves it by lr times a "
        "sum of all gradients so far, the older the smaller, so it goes on in the same direction. "
        "Adam gives each parameter a step length of its own, from the means of its last gradients "
        "and of their squares.",
        "graph": "What PyTorch records in the forward pass: each operation, and the operations "
        "that its inputs come from. `backward()` walks along it from the loss to the parameters.",
        "noise ball": "With L1 and a constant learning rate, the last steps jump back and forth "
        "over the best parameters: L1's gradient depends on the signs of the errors, not on their "
        "size, so it does not fade there if the rows lie on a line. The noise ball is the region "
        "of these jumps. It grows with the rate.",
        "2/λₘₐₓ": "The learning rate above which plain SGD on MSE diverges, if each step uses all "
        "training rows. λₘₐₓ says how sharply the loss surface curves across its valley, where it "
        "curves most. With a larger rate each step ends farther up on the other side of the "
        "valley.",
        "condition number": "How narrow the valley of the mean squared error is: the curvature of "
        "its surface across the valley divided by the one along it. 1 is a round bowl. With a "
        "large number, a rate that is stable across the valley is slow along it.",
        "epoch": "One pass over all training rows.",
        "batch": "The rows that one optimizer step uses. In the lesson, one batch holds all "
        "training rows, so an epoch is one step.",
        "evaluation mode": "`model.eval()` tells layers such as dropout that the model now "
        "predicts and does not train. It does not switch off gradients. This model has no such "
        "layer.",
        "inference mode": "Under `torch.inference_mode()` PyTorch records nothing for gradients, "
        "which saves time and memory. It does not change the model's mode; `eval()` does that.",
        "device": "The hardware that holds a tensor and computes with it: `cpu`, `cuda` (NVIDIA "
        "and AMD GPUs) or `mps` (Apple's GPUs). Model and data must be on the same device.",
    }
)


def explained(word: str) -> str:
    """Return one of the words in bold with what it means, in Markdown; names stay as in code."""
    return f"**{word if '_' in word else word.capitalize()}.** {WORDS[word]}"
