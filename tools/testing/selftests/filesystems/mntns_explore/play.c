// SPDX-License-Identifier: GPL-2.0
/*
 * The processes of a scene. HOST orders one of them to act, then all of them to
 * check what they see.
 */

#include "explore.h"

enum order_kind {
	ACT,
	CHECK,
	HIDE,
	SEND,		/* the file descriptor in step.slot */
	RECEIVE,	/* it, to step.slot; step.arg is its kind */
};

struct order {
	enum order_kind kind;
	struct step step;
};

/* The ends of the socket pairs: HOST's, and the others' own */
static int players[NR_WHO], own_ends[NR_WHO];

static int send_msg(int sock, void *data, size_t size, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {};
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	if (fd != -1) {
		msg.msg_control = control.buf;
		msg.msg_controllen = sizeof(control.buf);
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	}
	return sendmsg(sock, &msg, MSG_NOSIGNAL) == (ssize_t)size ? 0 : -1;
}

static int receive_msg(int sock, void *data, size_t size, int *fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {};
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg;

	*fd = -1;
	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != (ssize_t)size)
		return -1;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(cmsg), sizeof(*fd));
	return 0;
}

static bool is_host(enum who who)
{
	return who == HOST || who == INNER_HOST;
}

static void act(const struct step *step, struct reply *reply)
{
	int ret;

	ret = is_host(self.who) ? do_host_action(step) : do_action(step);
	reply->err = ret ? errno : 0;
}

static void check(struct reply *reply)
{
	reply->failed = look_around(reply->text, sizeof(reply->text));
	if (!reply->failed)
		reply->failed = check_ns_roots(reply->text,
					       sizeof(reply->text));
	if (!reply->failed)
		reply->failed = check_table(reply->text, sizeof(reply->text));
}

static void describe(struct reply *reply)
{
	struct ns_info *ns;
	int fd;

	fd = open_mntns(self.proc);
	ns = find_ns(mntns_id(fd));
	close(fd);
	reply->may_mount = ns && ns->owner == self.userns;
	describe_paths(reply);
}

static void carry_out(const struct order *order, int fd, struct reply *reply)
{
	switch (order->kind) {
	case ACT:
		act(&order->step, reply);
		break;
	case CHECK:
		check(reply);
		break;
	case HIDE:
		reply->err = hide_by_ns_files() ? errno : 0;
		break;
	case SEND:
		break;
	case RECEIVE:
		put_slot(order->step.slot, fd, order->step.arg);
		break;
	}
	memcpy(reply->slots, self.kinds, sizeof(reply->slots));
	if (order->kind != CHECK)
		describe(reply);
}

/* All but HOST obey until HOST is gone. */
static void obey(int sock)
{
	struct order order;
	struct reply reply;
	int fd;

	while (!receive_msg(sock, &order, sizeof(order), &fd)) {
		memset(&reply, 0, sizeof(reply));
		carry_out(&order, fd, &reply);
		fd = order.kind == SEND ? self.slots[order.step.slot] : -1;
		if (send_msg(sock, &reply, sizeof(reply), fd))
			break;
	}
	_exit(0);
}

static void init_self(enum who who, int proc)
{
	int i;

	memset(&self, 0, sizeof(self));
	self.who = who;
	self.proc = proc;
	self.userns = own_userns();
	for (i = 0; i < NR_SLOTS; i++)
		self.slots[i] = -1;
}

static const enum who started_by[NR_WHO] = {
	[INNER_HOST]	= HOST,
	[OWNER]		= HOST,
	[CHILD]		= INNER_HOST,
	[NESTED]	= CHILD,
	[GUEST]		= HOST,
	[INNER_GUEST]	= INNER_HOST,
};

static int start(enum who who);

/* Turns a child of the process that starts @who into that. */
static int become_who(enum who who)
{
	unsigned long flags = who == GUEST || who == INNER_GUEST ?
				      0 : CLONE_NEWNS;
	enum who other;
	int fd;

	if (started_by[who] == HOST && become_nobody())
		return -1;
	if (enter_userns(self.proc, flags) ||
	    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
		return -1;
	init_self(who, self.proc);
	if (flags) {
		fd = open_mntns(self.proc);
		note_ns(fd, true);
		close(fd);
	}
	if (who == INNER_HOST && setup_inner_host())
		return -1;
	for (other = HOST + 1; other < NR_WHO; other++)
		if (started_by[other] == who && start(other))
			return -1;
	return 0;
}

static int start(enum who who)
{
	struct reply reply = {};
	enum who other;
	pid_t pid;

	pid = fork();
	if (pid)
		return pid == -1 ? -1 : 0;
	for (other = HOST + 1; other < NR_WHO; other++)
		if (players[other] != -1)
			close(players[other]);
	memset(players, -1, sizeof(players));
	reply.err = become_who(who) ? errno : 0;
	for (other = HOST + 1; other < NR_WHO; other++)
		if (other != who && own_ends[other] != -1)
			close(own_ends[other]);
	describe(&reply);
	if (send_msg(own_ends[who], &reply, sizeof(reply), -1))
		_exit(1);
	obey(own_ends[who]);
	return -1;
}

static __printf(2, 3) void fail(enum verdict verdict, const char *fmt, ...)
{
	va_list ap;

	if (scene->verdict)
		return;
	scene->verdict = verdict;
	va_start(ap, fmt);
	vsnprintf(scene->text, sizeof(scene->text), fmt, ap);
	va_end(ap);
}

static void await(enum who who, struct reply *reply, int *fd)
{
	int spare;

	if (receive_msg(players[who], reply, sizeof(*reply), fd ?: &spare))
		fail(CRASH, "%s is gone", who_names[who]);
	else if (reply->failed)
		fail(reply->failed, "%s: %s", who_names[who], reply->text);
}

static void order(enum who who, const struct order *order, int fd,
		  struct reply *reply, int *fd_back)
{
	if (who == HOST) {
		memset(reply, 0, sizeof(*reply));
		carry_out(order, fd, reply);
		if (reply->failed)
			fail(reply->failed, "%s: %s", who_names[who],
			     reply->text);
		return;
	}
	if (send_msg(players[who], (void *)order, sizeof(*order), fd))
		fail(CRASH, "%s is gone", who_names[who]);
	else
		await(who, reply, fd_back);
}

/* @who is there, and so are those that it starts. */
static void await_start(enum who who, struct reply *replies)
{
	enum who other;

	close(own_ends[who]);
	own_ends[who] = -1;
	if (!scene->verdict)
		await(who, &replies[who], NULL);
	if (!scene->verdict && replies[who].err)
		fail(CRASH, "starting %s: %s", who_names[who],
		     strerror(replies[who].err));
	for (other = HOST + 1; other < NR_WHO; other++)
		if (started_by[other] == who)
			await_start(other, replies);
}

static void prepare_scene(struct reply *replies)
{
	struct order hide = { .kind = HIDE };
	int fd, ends[2];
	enum who who;

	for (who = HOST + 1; who < NR_WHO; who++) {
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
			       ends)) {
			fail(CRASH, "socketpair(): %m");
			return;
		}
		players[who] = ends[0];
		own_ends[who] = ends[1];
	}
	players[HOST] = -1;
	own_ends[HOST] = -1;

	if (sys_unshare(UNSHARE_EMPTY_MNTNS) || overmount_root() == -1) {
		fail(CRASH, "an empty mount namespace: %m");
		return;
	}
	fd = open_mntns(self.proc);
	note_ns(fd, false);
	close(fd);
	if (setup_host()) {
		fail(CRASH, "setting the scene: %m");
		return;
	}
	describe(&replies[HOST]);

	/* one after the other: they change what they share */
	for (who = HOST + 1; who < NR_WHO; who++) {
		if (started_by[who] != HOST)
			continue;
		start(who);
		await_start(who, replies);
	}
	for (who = HOST; who <= INNER_HOST && !scene->verdict; who++) {
		if (!scene_types[scene->kind].ns_files)
			break;
		order(who, &hide, -1, &replies[who], NULL);
		if (replies[who].err)
			fail(CRASH, "a mount namespace file in %s: %s",
			     who_names[who], strerror(replies[who].err));
	}
}

static int family(enum who who)
{
	return who == OWNER || who == GUEST;
}

/*
 * Gives the file descriptor in @step->slot to @step->arg. Only processes with
 * the same secrets do that, since it reveals the secrets of others.
 */
static void give(const struct step *step, struct reply *replies)
{
	struct order send = { .kind = SEND, .step = *step };
	struct order receive = { .kind = RECEIVE };
	enum who to = step->arg % NR_WHO;
	int fd = -1;

	replies[step->who].err = EPERM;
	if (is_host(step->who) || is_host(to) ||
	    family(step->who) != family(to))
		return;
	receive.step.slot = step->base1 % NR_SLOTS;
	receive.step.arg = replies[step->who].slots[step->slot];
	order(step->who, &send, -1, &replies[step->who], &fd);
	if (fd == -1) {
		replies[step->who].err = EBADF;
		return;
	}
	order(to, &receive, fd, &replies[to], NULL);
	close(fd);
}

static void check_all(void)
{
	struct order check = { .kind = CHECK };
	struct reply reply;
	enum who who;

	/* at the same time: checks change nothing */
	for (who = HOST + 1; who < NR_WHO; who++)
		if (send_msg(players[who], &check, sizeof(check), -1))
			fail(CRASH, "%s is gone", who_names[who]);
	/*
	 * Of several that see a secret, the one with the fewest rights reports
	 * it.
	 */
	for (who = NR_WHO - 1; who > HOST; who--)
		await(who, &reply, NULL);
	order(HOST, &check, -1, &reply, NULL);
}

/* All processes and mounts go. */
static void clear_scene(void)
{
	enum who who;
	int fd;

	for (who = HOST + 1; who < NR_WHO; who++)
		close(players[who]);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	fd = open_mntns(self.proc);
	if (umount2("/", MNT_DETACH))
		fail(RESIDUE, "umount of the root: %m");
	else if (!is_bare(fd))
		fail(RESIDUE, "something is left mounted");
	close(fd);
}

/*
 * Plays a scene with the steps that @next returns, in a process that becomes
 * HOST. @check_each: check after each step that succeeds, otherwise after the
 * last one.
 */
void play(enum scene_kind kind, next_step next, void *arg, bool check_each,
	  int proc)
{
	struct reply replies[NR_WHO] = {};
	struct step step;

	scene->kind = kind;
	init_self(HOST, proc);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
		fail(CRASH, "PR_SET_CHILD_SUBREAPER: %m");
	prepare_scene(replies);
	if (!scene->verdict)
		check_all();

	while (!scene->verdict && scene->nr_steps < MAX_STEPS &&
	       next(&step, replies, scene->nr_steps, arg)) {
		struct order to_act = { .kind = ACT, .step = step };
		struct reply *reply = &replies[step.who];

		scene->steps[scene->nr_steps++] = step;
		if (step.op == GIVE)
			give(&step, replies);
		else
			order(step.who, &to_act, -1, reply, NULL);
		scene->stats[step.op].tried++;
		if (!reply->err) {
			scene->stats[step.op].done++;
			if (check_each && !scene->verdict)
				check_all();
		}
	}
	if (!scene->verdict)
		check_all();
	clear_scene();
	_exit(0);
}
