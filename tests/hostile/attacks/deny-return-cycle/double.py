"""Return a list that holds itself."""

def double(x):
    value = [x]
    value.append(value)
    value.append({"self": value})
    return value
