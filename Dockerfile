# SPDX-License-Identifier: MIT
# The image "demo" of README.md: mymem-free and busybox, both static.
FROM debian:trixie-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends \
	busybox-static gcc meson musl-tools ninja-build
COPY . /libmymem
RUN CC=musl-gcc meson setup --buildtype=minsize -Dstatic-tools=true \
	-Ddefault_library=static -Dlibmount=disabled -Ddocs=false /build /libmymem && \
	meson install -C /build --destdir=/image --strip

FROM scratch
COPY --from=build /image/usr/local/bin/mymem-free /bin/busybox /bin/
CMD ["mymem-free"]
