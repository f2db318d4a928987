"""Says what a file is that torch.save, as it is today, did not write."""

from linreg.own_data.foreign_files import foreign_kind

ZIP = b"PK\x03\x04"
OLD = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # begins what torch.save wrote before 1.6
PICKLES = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
SAFETENSORS = b'{"'  # after eight bytes with the length of this JSON text


def not_a_zip_archive(file: bytes) -> str:
    """Return a sentence about a file that is no zip archive, as torch.save writes one, or ""."""
    kind = foreign_kind(file)
    if file.startswith(ZIP) and not kind:
        return ""
    sentences = (
        (not file, "The file is empty."),
        (bool(kind), f"The file is {kind}."),
        (
            file.startswith(OLD),
            "The file has the format that torch.save wrote before PyTorch 1.6; load it in a "
            "notebook and save it again.",
        ),
        (
            file.startswith(PICKLES),
            "The file is a plain pickle, which could run any code, so it was not opened.",
        ),
        (
            file[8:10] == SAFETENSORS,
            "The file has the format safetensors; load it in a notebook with the package of that "
            "name, and save the state_dict with torch.save.",
        ),
    )
    other = "The file is not one that torch.save wrote: it is not a zip archive."
    return next((sentence for true, sentence in sentences if true), other)
