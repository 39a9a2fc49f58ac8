"""The differences that docs/fidelity.md explains."""


class Explained:
    def __init__(self, rows=()):
        self.rows = set(rows)

    @classmethod
    def read(cls, path):
        """Rows "| group | case | reason |" below the heading "Explained differences"."""
        rows, inside = [], False
        for line in path.read_text().splitlines() if path and path.exists() else []:
            if line.startswith("#"):
                inside = "Explained differences" in line
            cells = [cell.strip().replace("`", "") for cell in line.split("|")]
            if inside and line.startswith("|") and len(cells) > 3:
                rows.append((cells[1], cells[2]))
        return cls(rows)

    def holds(self, group, name):
        return (group, name) in self.rows
