"""Words for the common exceptions: what each kind means here, and one thing to try next.

The kind is a fixed word that the judge has found (`grader.student.familiar`); nothing
of the message stands in these sentences, so they may be read where it is withheld.
"""

from collections.abc import Mapping

from grader.findings import ErrorKind

ABOUT: Mapping[ErrorKind, tuple[str, str]] = {
    # --- something else than a tensor ---
    "none": (
        "A value in that line is `None`: mostly what a function gave back that ends without `return`.",
        "Look at where that value comes from: does every path through that function end with a `return`?",
    ),
    "no-grad-yet": (
        "A `.grad` in that line is still `None`: no backward pass has reached that parameter.",
        "Check that `loss.backward()` runs before that line, and that the loss depends on the parameter.",
    ),
    "pair": (
        "Given a dimension, `max`, `min`, `sort` and the like return two things: values and indices.",
        "Take the one that you need: `x.max(dim=...).values`, or `torch.amax`, which has the values alone.",
    ),
    "loader-only-iterates": (
        "The loader of this exercise can only be looped over: it has no length, no `dataset`, no index.",
        "Count batches and samples yourself inside the loop over the loader.",
    ),
    "not-called": (
        "A method stands there without its parentheses, so the method itself was used, not its result.",
        "Look for names such as `size`, `dim`, `item` or `parameters` in that line, and add `()`.",
    ),
    "not-callable": (
        "Something in that line has `()` behind it and is no function: a number, a tensor or a shape.",
        "Look for `x(...)` where `x[...]` or `x * (...)` is meant, for `x.shape()`, and for a function "
        "whose name you gave to a variable.",
    ),
    "number-not-tensor": (
        "That value is a plain Python number already, and numbers have no methods of tensors.",
        "Find where it stopped being a tensor: `.item()`, `float(...)` or a sum of Python numbers does that.",
    ),
    "list-not-tensor": (
        "A list, a tuple or a shape stands where a tensor is needed: arithmetic and `.shape` need a tensor.",
        "Make a tensor of it first, with `torch.stack` for a list of tensors or `torch.tensor` for numbers.",
    ),
    "tuple-not-number": (
        "A tuple, such as a pair of numbers, stands where that line counts on a single number.",
        "Which argument of the call is a pair? Take its two numbers apart first, and make a pair of a single "
        "number too: then the rest of your code knows only pairs.",
    ),
    "no-such-method": (
        "Tensors have no method or attribute of that name; NumPy and torch often name the same thing apart.",
        "Look it up in torch's documentation: `astype` is `to`, `copy` is `clone`, `concatenate` is "
        "`torch.cat`.",
    ),
    "no-such-function": (
        "That module has no function of this name in the version that runs here.",
        "Check the spelling in torch's documentation, and whether it lives in `torch` or in "
        "`torch.nn.functional`.",
    ),
    "not-a-tensor": (
        "A function or an operator of torch got something else where it needs a tensor.",
        "Print type(...) of each value in that line: which one is a number, a list or a NumPy array?",
    ),
    # --- calls ---
    "signature": (
        "The arguments of the call shown do not fit the parameters of your function, or of `__init__` where "
        "a class is called.",
        "Compare your `def` line with the one in the handout: order, number, and the names of optional "
        "parameters.",
    ),
    "arguments": (
        "A function was called in that line with too many, too few or other arguments than it takes.",
        "Compare that line with the `def` of what it calls. In a class: is `self` the first parameter?",
    ),
    "torch-arguments": (
        "A function of torch does not take arguments of these types in this order.",
        "Print type(...) of each argument in that line, and compare with torch's documentation.",
    ),
    "index-type": (
        "An index, a size or a count must be a whole number, and here it is a float or a whole tensor.",
        "Look for `/` where `//` is meant; class numbers and other indices in a tensor need `.long()`.",
    ),
    # --- taking apart and turning into numbers ---
    "unpack-count": (
        "The right side of that line does not hold as many values as there are names on its left.",
        "Print the right side, or its `.shape`: how many dimensions or items does it have for this call?",
    ),
    "unpack-single": (
        "Something that is a single number was to be taken apart or looped over.",
        "Print it and its type just before that line: which function should have given several values?",
    ),
    "one-number": (
        "A tensor with many numbers was to become a single Python number.",
        "Use functions of torch, which work on whole tensors (`torch.exp`, not `math.exp`), and "
        "`torch.stack` to join tensors.",
    ),
    "truth-value": (
        "One yes or no is asked for, by `if`, `while`, `and`, `or`, `not` or Python's `max`; this has many.",
        "Use `torch.where`, `&`, `|`, `~` or `torch.maximum` for each element, or `.any()` and `.all()` "
        "for one answer.",
    ),
    "numpy-of-graph": (
        "NumPy can't work on a tensor that autograd follows: the gradient would be lost.",
        "Do that step with torch, so that it stays differentiable; use `.detach()` only for printing.",
    ),
    "numpy-of-device": (
        "NumPy works on the CPU alone, and this tensor is on another device.",
        "Do that step with torch, which works on every device.",
    ),
    "ragged": (
        "The lists inside that list have different lengths, so they make no rectangle of numbers.",
        "Print the length of each inner list: where does one item too many or too few come from?",
    ),
    # --- the graph ---
    "leaf-in-place": (
        "That line writes into a tensor whose gradient is asked for, and autograd needs it as it was.",
        "Make a new tensor instead of using `+=`, `x[...] = ...` or a method that ends in `_`. "
        "A parameter's own update belongs under `torch.no_grad()`.",
    ),
    "saved-changed": (
        "Going backward needs a value that was changed in place after it had been used.",
        "Look for `+=`, `x[...] = ...` and methods that end in `_`, and make a new tensor there instead.",
    ),
    "shared-memory": (
        "Several elements of that tensor are the same place in memory, as after `expand`.",
        "Make a copy with `.clone()` before writing into it, or compute a new tensor.",
    ),
    "graph-freed": (
        "The graph of this loss was used up by the backward pass before, so it can't be walked again.",
        "Check that each batch computes its own loss anew, and that nothing with a graph is carried from "
        "one batch to the next: add `loss.item()`, not `loss`.",
    ),
    "no-graph": (
        "Autograd finds no way from there back to the parameters or inputs.",
        "Look for what cuts the graph: `.item()`, `.detach()`, `.data`, `torch.tensor(...)` of a tensor, "
        "NumPy, or `no_grad` around it.",
    ),
    "backward-of-many": (
        "Going backward needs one number to start from, and this tensor holds several.",
        "Reduce it to a single loss first; the handout says whether to sum or to take the mean.",
    ),
    "inference-tensor": (
        "A tensor that was made under `inference_mode` is used where autograd or a change needs it.",
        "Move its computation out of `inference_mode`, or use `torch.no_grad()` there.",
    ),
    # --- devices and dtypes ---
    "no-cuda": (
        "Your code asks for a GPU by name, and there is none here.",
        "Take out `.cuda()` and 'cuda': use `x.device` of the inputs or the `device` argument. A model is "
        "moved by whoever makes it.",
    ),
    "device": (
        "Two tensors of that line are on different devices: one on the GPU, one on the CPU.",
        "Make each new tensor with `device=x.device`, and move each batch to the device before its use.",
    ),
    "class-dtype": (
        "The targets that reached the loss are not whole numbers, and class numbers must be.",
        "Look for a conversion of the targets on their way: hand them on as they came from the loader.",
    ),
    "needs-float": (
        "That operation needs floating-point numbers, and its tensor holds whole numbers or truth values.",
        "Convert it first, with `.to(x.dtype)` of the floating-point input.",
    ),
    "stored-as-integer": (
        "A fractional result was to be written into a tensor of whole numbers or truth values.",
        "Make that tensor with `dtype=x.dtype` of the floating-point input.",
    ),
    "bool-arithmetic": (
        "Truth values, such as the result of a comparison, have no `-`.",
        "Use `~mask` to turn a mask around, or `mask.to(x.dtype)` to count with it.",
    ),
    "dtype": (
        "Two tensors of that line have different dtypes; some tests use float64, others float32.",
        "Make new tensors with `dtype=x.dtype`, or with `zeros_like` and `new_zeros`, and print both dtypes.",
    ),
    # --- shapes ---
    "class-range": (
        "A class number is below 0 or not below the number of classes (columns) of the logits.",
        "Print the shape of the logits and the largest target: is the class dimension the one you think?",
    ),
    "loss-shapes": (
        "The outputs and the targets that the loss got do not belong together by their shapes.",
        "Print both shapes just before that line: for classes they are (N, C) and (N,).",
    ),
    "state-dict": (
        "The names or the shapes of the saved parameters are not those of this model.",
        "Compare the keys of both `state_dict()`s: is each layer an attribute of it, of the right size?",
    ),
    "join-shapes": (
        "The tensors to be joined have different shapes.",
        "Print each shape: `stack` needs them all equal, `cat` equal but for the dimension that is joined.",
    ),
    "join-nothing": (
        "The list of tensors to be joined is empty.",
        "Find out why nothing was added to it for this call: does the loop run at all?",
    ),
    "matmul-shapes": (
        "In a matrix product the columns of the left one must be as many as the rows of the right one.",
        "Write both shapes beside that line, as in the handout: is one to be transposed, or the order "
        "turned around?",
    ),
    "einsum": (
        "The letters in the equation do not fit the tensors: one letter for each dimension of each tensor.",
        "Write the shape of each tensor under its letters, and check the letters behind `->`.",
    ),
    "in-place-shape": (
        "The result of that operation is larger than the tensor that it is to be written into.",
        "Print both shapes: is a sum over the batch missing, or is the tensor on the left made too small?",
    ),
    "mask-shape": (
        "A mask must have the shape of the tensor that it picks from.",
        "Print the shapes of both just before that line.",
    ),
    "broadcast": (
        "The shapes in that line do not fit: from the right, sizes must be equal, or one of them 1.",
        "Print both shapes. Is a dimension gone after a sum, mean or max without `keepdim=True`, or one to "
        "be added with `unsqueeze` or `None`?",
    ),
    "view-layout": (
        "This tensor can't be regrouped by `view` where it lies in memory: it was transposed, sliced or "
        "expanded, here or before your function got it.",
        "Use `reshape`, which copies where it has to.",
    ),
    "reshape-count": (
        "The new shape has another number of elements than the tensor.",
        "Print the shape before that line, and multiply: which size is not what you expect for this call?",
    ),
    "kernel-too-large": (
        "The window does not fit into the input: for this call it is larger than the (padded) input.",
        "Print the sizes of the padded input and of the window: which height and width does each loop or "
        "`unfold` use?",
    ),
    "negative-size": (
        "A size or a length came out negative.",
        "Print the numbers that it is computed from, and work the formula out by hand for this call.",
    ),
    "dims-order": (
        "The dimensions named in that line are not those of the tensor: too many, too few, or one twice.",
        "Print the tensor's shape just before it, and count: inputs of any rank and batch may come.",
    ),
    "dim-range": (
        "The tensor has fewer dimensions than that line counts on; they are numbered from 0, or from -1 "
        "at the end.",
        "Print its shape just before that line: did an earlier step drop a dimension?",
    ),
    "index-count": (
        "There are more indices in the brackets than the tensor has dimensions.",
        "Print its shape just before that line: did an earlier step drop a dimension?",
    ),
    "index-range": (
        "An index goes beyond the end; the last one is the size minus 1.",
        "Print the shape and the index just before that line: which loop or formula runs one step too far, "
        "or along another dimension?",
    ),
    "nothing-to-reduce": (
        "There is nothing in that tensor or list: it is empty.",
        "Print its shape or length, and go back to where it should have been filled for this call.",
    ),
    # --- modules ---
    "no-super-init": (
        "A layer was stored in the model before the model itself was set up.",
        "Make `super().__init__()` the first line of your `__init__`.",
    ),
    "no-forward": (
        "The model was called, and its class has no method `forward`.",
        "Check that `forward` is spelt so, and indented so that it belongs to the class.",
    ),
    "parameter-type": (
        "A plain tensor was stored in the place of a parameter or a layer.",
        "Wrap it in `nn.Parameter(...)`, or copy into the parameter's values under `torch.no_grad()`.",
    ),
    "no-parameters": (
        "The optimizer was given no parameters.",
        "Check that layers are attributes of the model, in an `nn.ModuleList` if they are in a list.",
    ),
    # --- numbers ---
    "not-finite": (
        "A NaN or an infinite number turned up in a step of your own code.",
        "Print the largest and the smallest value that go into each exp, log and division before that line.",
    ),
    "math-range": (
        "That number is outside what the function can take or give: log needs more than 0, exp at most 709.",
        "Print the number that goes in: does the handout say how to keep it in range?",
    ),
    # --- Python ---
    "unbound": (
        "A variable is read that was never set on this path: its assignment is in a branch or loop that "
        "did not run.",
        "Give it a value before the `if` or the loop.",
    ),
    "nothing-left": (
        "Nothing was left to give when `next()` was called: an iterator can be walked only once.",
        "Use a `for` loop, which stops by itself, and begin a new one for each epoch.",
    ),
    "missing-key": (
        "The dict has no such key; a tensor as a key is looked up by identity, not by its number.",
        "Print the keys that are there just before that line, and use `.item()` for a tensor as a key.",
    ),
    "assertion": (
        "An `assert` found that its condition does not hold for this call.",
        "Read the condition: is it right for every input of the handout, or is what it checks wrong?",
    ),
    "not-implemented": (
        "Something that is not written yet was reached.",
        "Put your code in place of `raise NotImplementedError`, or take away what calls it.",
    ),
}
"""For each kind: what it means in the line shown, and what to try next."""
