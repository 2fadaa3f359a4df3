"""What a course gives to its students: as files in memory, as a folder, as a zip.

`contents` says which files there are and what stands in them, `manifest` writes
the course's two kinds of TOML anew without anything of the staff's, `readme` what
students read first, `writing` puts it on the disk. Made twice it is the same to
the byte. `grader.verify.leaks` proves that nothing of the staff's is in it.
"""

from grader.release.contents import Released, released
from grader.release.readme import slug
from grader.release.writing import write_folder, write_zip, zipped

__all__ = ["Released", "released", "slug", "write_folder", "write_zip", "zipped"]
