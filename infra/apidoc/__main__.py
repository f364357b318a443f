"""Write docs/openapi.json. Run by `make openapi`."""

from apidoc.document import text
from apidoc.place import FILE

if __name__ == "__main__":
    FILE.write_text(text())
