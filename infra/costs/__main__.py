"""Write the computed part of docs/costs.md. Run by `make costs`."""

from costs.page import PAGE, page

if __name__ == "__main__":
    PAGE.write_text(page())
