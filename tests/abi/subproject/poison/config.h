/* SPDX-License-Identifier: MIT */
#error the superproject's config.h was taken for the subproject's own
