"""Which presets belong together, and what each is good for."""

from __future__ import annotations

FAMILIES: dict[str, dict[str, str]] = {
    "ours": {"default": "any camera: the best distance for its time, with or without classes"},
    "first steps": {
        "vanilla": "small grey pictures; to see where it began",
        "plain": "a baseline at any side",
        "dcgan-64": "64 pixels in colour, with hours of time",
        "infogan": "finding kinds where nobody labelled any",
        "ebgan": "a discriminator that also shows what it cannot rebuild",
    },
    "losses and penalties": {
        "lsgan": "when the usual loss stalls",
        "wgan": "a loss that follows quality; slow",
        "wgan-gp": "steady training where other losses fail; slow",
        "relativistic": "small sets, where two penalties keep the discriminator calm",
        "sngan": "colour at 32 pixels, with long training",
    },
    "against alike images": {
        "feature-matching": "labels from few examples rather than pictures",
        "historical-averaging": "losses that swing",
        "minibatch-features": "variety without classes, in short time",
        "presgan": "images with a density and kept variety; slow",
    },
    "with classes": {
        "conditional": "a class on demand from plain layers",
        "acgan": "a discriminator that also names the class",
    },
    "residual and attention": {
        "sagan": "shapes that hang together over the whole picture",
        "biggan": "many classes, with a GPU; truncation trades variety for looks",
        "r3gan": "the modern reference, with a GPU",
    },
    "size by size": {
        "lapgan": "sharp detail upon a small picture; early",
        "progressive": "64 and 128 pixels, with hours of time",
        "msg": "64 and 128 pixels without a schedule of growth",
    },
    "styles": {
        "style": "mixing shape and detail of two images",
        "style2": "directions of change, mixing, the best looks with a GPU",
    },
    "published reports": {
        "capstone-mnist": "comparing with that report",
        "mca-mnist": "comparing with that report",
        "dip-mnist": "comparing with that report",
        "dip-cifar10": "comparing with that report",
        "review-fashion": "comparing with that report; clean clothes in little time",
        "review-faces": "comparing with that report; faces, with hours of time",
    },
}
OTHER_COMMANDS = {
    "pix2pix": ("train-translator --pairs", "one kind of picture made another, from pairs", "Isola et al. 2017"),
    "cyclegan": ("train-translator", "the same without pairs, both ways", "Zhu et al. 2017"),
    "dfmgan": ("train-painter", "a good part with a defect like a few real ones", "after Duan et al. 2023"),
    "edsr": ("train-upscaler", "two or four times the side", "Lim et al. 2017"),
    "srgan": ("train-upscaler --perceptual", "the same, sharper", "Ledig et al. 2017"),
    "inpainting": ("expected-images", "a part without what is odd on it, by a generator", "Yeh et al. 2017"),
}
"""Published systems that take a picture instead of a code: command, what it does, source."""
