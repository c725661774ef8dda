// SPDX-License-Identifier: GPL-2.0-only
/*
 * nullfs: the permanently empty root under every mount namespace's root
 *
 * There is one superblock. It is the real root of every mount namespace,
 * so every container has it, and most containers have nothing else in
 * common. That rules the design: nothing that anybody can do here, however
 * privileged, leaves something behind that somebody else can notice.
 *
 *  - The directory is immutable and has no create operation; its lookup
 *    fails without a negative dentry that would stay in the cache.
 *  - No atime, no xattrs, no locks, leases, fsnotify marks, write hints, no
 *    idmapped mounts, nothing to reconfigure.
 *  - No process can make another one wait for i_rwsem as long as it likes.
 *
 * The type isn't registered: user space gets it by way of a mount namespace
 * and not by fsopen() or mount().
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
 * The copy to user space may fault, and user space decides (userfaultfd,
 * FUSE) for how long. As everybody who mounts something on the root of an
 * empty namespace takes i_rwsem of this inode exclusively, don't hold it
 * then. It has nothing to protect: the directory doesn't change.
 */
static int nullfs_readdir(struct file *file, struct dir_context *ctx)
{
	struct inode *inode = file_inode(file);

	inode_unlock_shared(inode);
	dir_emit_dots(file, ctx);
	inode_lock_shared(inode);
	return 0;
}

/* A lock would be seen by everybody else, whichever way it is taken. */
static int nullfs_lock(struct file *file, int cmd, struct file_lock *fl)
{
	return -EOPNOTSUPP;
}

static const struct file_operations nullfs_dir_operations = {
	.llseek		= nullfs_llseek,
	.read		= generic_read_dir,
	.iterate_shared	= nullfs_readdir,
	.fsync		= noop_fsync,
	.lock		= nullfs_lock,
	.flock		= nullfs_lock,
	.setlease	= simple_nosetlease,
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
	sb->s_iflags		|= SB_I_NOEXEC | SB_I_NODEV | SB_I_NOIDMAP |
				   SB_I_NOFSNOTIFY;

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
	/* What's everybody's is nobody's to change. */
	if (fc->purpose == FS_CONTEXT_FOR_RECONFIGURE)
		return -EINVAL;

	fc->ops = &nullfs_context_operations;
	return 0;
}

struct file_system_type nullfs_fs_type = {
	.name			= "nullfs",
	.init_fs_context	= nullfs_init_fs_context,
	.kill_sb		= kill_anon_super,
};
