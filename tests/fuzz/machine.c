/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "base/root.h"
#include "machine.h"

#define NODES 1024
#define BUCKETS 2048
#define TEXT (64 * 1024)
#define PATH 4096
#define NAME 255
#define SLOTS 256
/* No number of the program's own. */
#define FIRST_FD (1 << 20)

size_t machine_chunk;

/* A file or a directory. */
static struct node {
	const char *path; /* from the root, without a slash at its end */
	size_t length, parent, name; /* where its last name begins */
	const char *content; /* NULL: a directory */
	size_t size;
	int error;
	bool opened;
} nodes[NODES];
static size_t count;

static char text[TEXT]; /* of the paths */
static size_t used;

/* Which nodes have a hash; it holds for one machine only. */
static struct bucket {
	unsigned int machine;
	uint16_t node;
} buckets[BUCKETS];
static unsigned int machine;

static int slots[SLOTS]; /* the node of each descriptor, and 1; 0: none */
static unsigned int descriptors;
static uint16_t opened[NODES]; /* in which order */
static unsigned int opens;

static struct bucket *bucket(const char *path, size_t length)
{
	uint32_t hash = 2166136261u;
	struct bucket *b;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)path[i]) * 16777619u;
	/* There are more of them than nodes. */
	for (;; hash++) {
		b = &buckets[hash % BUCKETS];
		if (b->machine != machine ||
		    (nodes[b->node].length == length &&
		     memcmp(nodes[b->node].path, path, length) == 0))
			return b;
	}
}

static struct node *find(const char *path, size_t length)
{
	struct bucket *b = bucket(path, length);

	return b->machine == machine ? &nodes[b->node] : NULL;
}

static struct node *make(const char *path, size_t length, size_t parent,
			 const char *content, size_t size, int error)
{
	struct bucket *b = bucket(path, length);
	size_t name = length;

	if (count == NODES || used + length + 1 > TEXT)
		return NULL;
	while (name > 0 && path[name - 1] != '/')
		name--;
	memcpy(text + used, path, length);
	text[used + length] = '\0';
	nodes[count] = (struct node){
		.path = text + used, .length = length, .parent = parent,
		.name = name, .content = content, .size = size, .error = error,
	};
	*b = (struct bucket){ machine, (uint16_t)count };
	used += length + 1;
	return &nodes[count++];
}

void machine_clear(void)
{
	machine++;
	count = used = opens = 0;
	machine_chunk = 0;
	make("", 0, 0, NULL, 0, 0);
}

/*
 * Appends a path to that of a directory: the length, or why there is no such
 * path.  As all links would be the machine's own, ".." is a matter of names; it
 * does not lead out of the root, and an error beneath a directory.
 */
static int append(char out[PATH], size_t base, const char *path, size_t length,
		  bool beneath)
{
	size_t have = base;
	const char *end = path + length;

	if (length >= PATH)
		return -ENAMETOOLONG;
	while (path < end) {
		const char *slash = memchr(path, '/', (size_t)(end - path));
		size_t name = (size_t)((slash ? slash : end) - path);

		if (name == 2 && path[0] == '.' && path[1] == '.') {
			if (beneath && have == base)
				return -EXDEV;
			while (have > 0 && out[--have] != '/')
				;
		} else if (name > 0 && !(name == 1 && path[0] == '.')) {
			if (name > NAME || have + name + 1 >= PATH)
				return -ENAMETOOLONG;
			out[have++] = '/';
			memcpy(out + have, path, name);
			have += name;
		}
		path += name + 1;
	}
	return (int)have;
}

void machine_add(const char *path, size_t length, const char *content,
		 size_t size, int error)
{
	static char whole[PATH];
	bool directory = length > 0 && path[length - 1] == '/';
	struct node *parent = &nodes[0];
	int end = -ENOENT;

	/* A name has no NUL. */
	if (length < PATH && !memchr(path, '\0', length))
		end = append(whole, 0, path, length, false);
	for (int i = 1; i <= end; i++) {
		struct node *node;
		bool last = i == end;

		if (!last && whole[i] != '/')
			continue;
		node = find(whole, (size_t)i);
		if (!node)
			node = make(whole, (size_t)i, (size_t)(parent - nodes),
				    last && !directory ? content : NULL,
				    last && !directory ? size : 0,
				    last ? error : 0);
		if (!node || node->content)
			return;
		parent = node;
	}
}

/* The number of a "@13 /path", negative, and what follows it. */
static int number(const char **at, const char *end)
{
	int n = 0;

	while (*at < end && **at >= '0' && **at <= '9' && n < 1000)
		n = n * 10 + *(*at)++ - '0';
	return -(n % 134);
}

void machine_unpack(const char *packed, size_t size)
{
	const char *at = packed, *end = packed + size;
	const char *path = NULL, *content = NULL;
	size_t length = 0;
	int error = 0;

	while (at < end) {
		const char *mark = at, *word = at + 1;
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		int why;

		at = stop ? stop + 1 : end;
		if (!stop)
			stop = end;
		if (*mark != '@')
			continue;
		why = number(&word, stop);
		if (stop - word < 2 || word[0] != ' ' || word[1] != '/')
			continue;
		if (path)
			machine_add(path, length, content,
				    (size_t)(mark - content), error);
		path = word + 1;
		length = (size_t)(stop - path);
		content = at;
		error = why;
	}
	if (path)
		machine_add(path, length, content, (size_t)(end - content),
			    error);
}

const char *machine_content(const char *path, size_t *size)
{
	struct node *node = find(path, strlen(path));

	if (!node || !node->content)
		return NULL;
	*size = node->size;
	return node->content;
}

void machine_change(const char *path, const char *content, size_t size)
{
	struct node *node = find(path, strlen(path));

	node->content = content;
	node->size = size;
}

unsigned int machine_descriptors(void)
{
	return descriptors;
}

unsigned int machine_opens(void)
{
	return opens;
}

const char *machine_deny(unsigned int n, int error)
{
	nodes[opened[n]].error = error;
	return nodes[opened[n]].path;
}

static int open_node(char *path, int length, enum mym__root_kind kind)
{
	struct node *node;
	int slot = 0;

	if (length < 0)
		return length;
	node = find(path, (size_t)length);
	if (!node) {
		while (length > 0 && !node) {
			while (path[--length] != '/')
				;
			node = find(path, (size_t)length);
		}
		return node && node->content ? -ENOTDIR : -ENOENT;
	}
	if (!node->opened)
		opened[opens++] = (uint16_t)(node - nodes);
	node->opened = true;
	if (node->error)
		return node->error;
	if (kind == MYM__ROOT_TRIGGER)
		return -EACCES;
	if ((kind == MYM__ROOT_FILE) != (node->content != NULL))
		return node->content ? -ENOTDIR : -EISDIR;
	while (slot < SLOTS && slots[slot] > 0)
		slot++;
	if (slot == SLOTS)
		return -EMFILE;
	slots[slot] = (int)(node - nodes) + 1;
	descriptors++;
	return FIRST_FD + slot;
}

static struct node *node_of(int fd)
{
	if (fd < FIRST_FD || fd >= FIRST_FD + SLOTS ||
	    slots[fd - FIRST_FD] == 0)
		abort();
	return &nodes[slots[fd - FIRST_FD] - 1];
}

int mym__root_open(struct mym__root *root, const char *sysroot)
{
	char path[PATH] = "";

	(void)sysroot;
	*root = (struct mym__root){ .confined = true };
	root->fd = open_node(path, 0, MYM__ROOT_DIR);
	return root->fd < 0 ? root->fd : 0;
}

void mym__root_close(struct mym__root *root)
{
	mym__root_drop(root->fd);
	root->fd = -1;
	root->confined = false;
}

int mym__root_check(const struct mym__root *root)
{
	node_of(root->fd);
	return 0;
}

int mym__root_get(const struct mym__root *root, const char *path,
		  enum mym__root_kind kind)
{
	static char whole[PATH];

	(void)root;
	return open_node(whole, append(whole, 0, path, strlen(path), false), kind);
}

int mym__root_of(const struct mym__root *root, int thread, const char *path,
		 enum mym__root_kind kind)
{
	(void)thread;
	return mym__root_get(root, path, kind);
}

/* Nobody asks about another process here. */
int mym__root_process(struct mym__root *root, int process)
{
	(void)root;
	(void)process;
	return -ESRCH;
}

const char *mym__root_name(const struct mym__root *root, const char *path)
{
	(void)root;
	return path;
}

int mym__root_below(const struct mym__root *root, int dir, const char *path,
		    enum mym__root_kind kind, bool *crossed_mount)
{
	static char whole[PATH];
	const struct node *node = node_of(dir);

	(void)root;
	(void)crossed_mount;
	memcpy(whole, node->path, node->length);
	return open_node(whole, append(whole, node->length, path, strlen(path),
				       true), kind);
}

int mym__root_cgroupfs(const struct mym__root *root, int dir)
{
	(void)root;
	node_of(dir);
	return 0;
}

int mym__root_read(int fd, void *buffer, size_t size, int64_t offset)
{
	const struct node *node = node_of(fd);

	if (!node->content || offset < 0)
		abort();
	if ((uint64_t)offset >= node->size)
		return 0;
	if (size > node->size - (size_t)offset)
		size = node->size - (size_t)offset;
	if (machine_chunk > 0 && size > machine_chunk)
		size = machine_chunk;
	memcpy(buffer, node->content + offset, size);
	return (int)size;
}

int mym__root_high(int fd)
{
	return fd;
}

void mym__root_drop(int fd)
{
	if (fd < 0)
		return;
	node_of(fd);
	slots[fd - FIRST_FD] = 0;
	descriptors--;
}

int mym__root_list(struct mym__list *list, const char **name)
{
	size_t parent = (size_t)(node_of(list->fd) - nodes);

	for (list->begin++; list->begin < count; list->begin++) {
		const struct node *node = &nodes[list->begin];

		if (node->parent != parent || node->content)
			continue;
		*name = node->path + node->name;
		return 0;
	}
	return 1;
}
