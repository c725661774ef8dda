// SPDX-License-Identifier: GPL-2.0-only
/*
 * nullfs: a permanently empty directory, the root of every mount namespace
 *
 * There is one superblock, and all containers share it. Most of them share
 * nothing else. So nothing that a task does here, however privileged it is,
 * may leave anything behind that another task can notice:
 *
 *  - The directory is immutable and has no create operation. A lookup fails
 *    without leaving a negative dentry in the cache.
 *  - There are no atime, xattrs, locks, leases, fsnotify marks, write hints,
 *    or idmapped mounts, and nothing can be reconfigured.
 *  - No task can make another one wait for i_rwsem as long as it likes.
 *
 * The type is not registered: user space gets at nullfs by way of a mount
 * namespace, and not with fsopen() or mount().
 */

#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/magic.h>

#include "internal.h"

static loff_t nullfs_llseek(struct file *file, loff_t offset, int whence)
{
	/* "." and ".." at offsets 0 and 1 */
	return generic_file_llseek_size(file, offset, whence, 2, 2);
}

/*
 * The copy to user space may fault, and user space can make a fault last as
 * long as it likes (userfaultfd, FUSE). Every task that mounts a filesystem on
 * the root of an empty mount namespace takes i_rwsem of this inode exclusively.
 * Drop it: it protects nothing here, since the directory does not change.
 */
static int nullfs_readdir(struct file *file, struct dir_context *ctx)
{
	struct inode *inode = file_inode(file);

	inode_unlock_shared(inode);
	dir_emit_dots(file, ctx);
	inode_lock_shared(inode);
	return 0;
}

/* All containers would see the lock. */
static int nullfs_lock(struct file *file, int cmd, struct file_lock *fl)
{
	return -ENOLCK;
}

static const struct file_operations nullfs_dir_operations = {
	.llseek		= nullfs_llseek,
	.read		= generic_read_dir,
	.iterate_shared	= nullfs_readdir,
	.fsync		= noop_fsync,
	.lock		= nullfs_lock,
	.flock		= nullfs_lock,
};

static const struct super_operations nullfs_super_operations = {
	.statfs		= simple_statfs,
};

static int nullfs_fill_super(struct super_block *sb, struct fs_context *fc)
{
	struct inode *inode;

	sb->s_blocksize		= PAGE_SIZE;
	sb->s_blocksize_bits	= PAGE_SHIFT;
	sb->s_magic		= NULL_FS_MAGIC;
	sb->s_op		= &nullfs_super_operations;
	sb->s_time_gran		= 1;
	sb->s_flags		|= SB_NOUSER;
	sb->s_iflags		|= SB_I_NOEXEC | SB_I_NODEV;

	inode = new_inode(sb);
	if (!inode)
		return -ENOMEM;

	inode->i_ino = 1;
	simple_inode_init_ts(inode);
	make_empty_dir_inode(inode);
	inode->i_fop = &nullfs_dir_operations;
	inode->i_flags |= S_IMMUTABLE | S_NOATIME;

	sb->s_root = d_make_root(inode);
	return sb->s_root ? 0 : -ENOMEM;
}

static int nullfs_get_tree(struct fs_context *fc)
{
	return get_tree_single(fc, nullfs_fill_super);
}

static const struct fs_context_operations nullfs_context_operations = {
	.get_tree	= nullfs_get_tree,
};

static int nullfs_init_fs_context(struct fs_context *fc)
{
	/* All containers share the superblock: none of them may change it. */
	if (fc->purpose == FS_CONTEXT_FOR_RECONFIGURE)
		return -EINVAL;

	fc->ops = &nullfs_context_operations;
	return 0;
}

struct file_system_type nullfs_fs_type = {
	.name			= "nullfs",
	.init_fs_context	= nullfs_init_fs_context,
	.kill_sb		= kill_anon_super,
	.fs_flags		= FS_DISALLOW_NOTIFY,
};
