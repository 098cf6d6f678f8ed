"""From a `Document` to a `ParsedReport`: the official form as data, and the code that reads a report by it."""
