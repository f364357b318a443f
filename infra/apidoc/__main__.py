"""Write docs/openapi.json, and the types of the JavaScript client. Run by `make openapi`."""

from apidoc.document import document, text
from apidoc.place import FILE, TYPES
from apidoc.typescript import declarations

if __name__ == "__main__":
    made = document()
    FILE.write_text(text(made))
    TYPES.write_text(declarations(made))
