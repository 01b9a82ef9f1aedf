"""What the sources of presets leave open, and what is set otherwise here."""

from __future__ import annotations

LEFT_OPEN = {
    "plain": "kernel 4 x 4, as in the usual PyTorch version; channels halve as the side doubles",
    "dcgan-64": "kernel 4 x 4",
    "lsgan": "the plain layers instead of its own; targets 0 and 1, Adam 1e-3",
    "wgan": (
        "the plain layers; RMSprop 5e-5, clipping at 0.01, five critic steps throughout, no longer ones at the start"
    ),
    "wgan-gp": (
        "the plain layers, no batch normalisation in the critic; Adam 1e-4, betas 0 and 0.9, weight 10, five "
        "critic steps"
    ),
    "sngan": (
        "its table 3; hinge, Adam 2e-4, betas 0 and 0.9 and five steps are its authors' for their residual networks"
    ),
    "relativistic": (
        "the plain layers without batch normalisation in the discriminator, not its residual networks; first "
        "values of its CIFAR-10 run (Adam 2e-4, betas 0 and 0.9, weight 0.05 on R1 and R2) without their schedules"
    ),
    "feature-matching": "the plain layers; matched are the features in front of the logit",
    "minibatch-features": (
        "the plain layers; minibatch discrimination by 100 kernels of 5 numbers, virtual batch normalisation of "
        "the generator by 64 codes, real images told as 0.9"
    ),
    "conditional": "the plain layers; the class joins the code and stands as maps beside the image",
    "acgan": "its CIFAR-10 pair, without the noise on activations",
    "vanilla": "normal codes instead of uniform ones; its rate and momentum stay as they begin",
    "historical-averaging": "the plain layers; the weight of the term, 0.001",
    "infogan": "one dense layer before the maps instead of two; category and numbers are computed from a normal code",
    "ebgan": "the plain generator; an energy is the distance of a whole image from its reconstruction; margin 10",
    "lapgan": (
        "dense layers at the smallest size, two convolutions of 64 a level, Adam 5e-4; a level's discriminator "
        "sees blur and detail as one image"
    ),
    "presgan": (
        "the plain layers; noise between 0.01 and 0.3, weight of the entropy 0.0005, two paths of five steps "
        "behind one that is not counted, for every fourth image of a batch"
    ),
    "sagan": "two doublings, at most 256 channels; attention at half the side",
    "biggan": "as sagan, with a code of 40 numbers a block; average of 7,000 steps",
    "progressive": "at most 128 channels; no term against drift; all levels as long",
    "msg": "the layers and Adam of progressive, not its RMSprop 0.003",
    "style": "at most 128 channels, four dense layers to the style; the discriminator of style2; R1 every 16th step",
    "style2": "at most 128 channels, four dense layers to the style",
    "r3gan": "one block a stage, at most 64 channels, penalties every fourth step; its schedules are left out",
    "capstone-mnist": "whether normalisation follows the activation; it does here",
    "mca-mnist": "Adam's betas",
    "dip-mnist": "dropout's share (0.4), slope (0.2)",
    "dip-cifar10": "dropout's share (0.4), slope (0.2)",
    "review-fashion": "kernels 4 and 3, slope 0.2 in the generator",
    "review-faces": "how fast the rate decays: it halves in 40,000 steps",
}
"""By preset; one that is missing is as its source has it."""
