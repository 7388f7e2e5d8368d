# SPDX-License-Identifier: MIT
"""A wheel that brings the library is for one platform, and for any Python 3.

The rest is in pyproject.toml, but for the license: setuptools before 77 wants
that in another form there than the later ones.
"""
import ctypes
import os

from setuptools import Distribution, setup

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # setuptools before 70.1
    from wheel.bdist_wheel import bdist_wheel

LIBRARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mymem",
                       "libmymem.so.1")


class Package(Distribution):
    def has_ext_modules(self):
        return os.path.lexists(LIBRARY)


class Wheel(bdist_wheel):
    def get_tag(self):
        if not self.root_is_pure and not self.plat_name_supplied:
            # The tag will be that of this machine.
            try:
                ctypes.CDLL(LIBRARY)
            except OSError as error:
                raise SystemExit("The library is not for this machine; give "
                                 "--plat-name with the platform that it is "
                                 f"for.\n{error}") from None
        return "py3", "none", super().get_tag()[2]


setup(license="MIT", distclass=Package, cmdclass={"bdist_wheel": Wheel})
