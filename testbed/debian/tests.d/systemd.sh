# SPDX-License-Identifier: GPL-2.0-only
# What systemd makes of its units' settings, and its own containers
# shellcheck shell=sh

service_in_a_sandbox() {
	# shellcheck disable=SC2016
	unit -p PrivateTmp=yes -p ProtectSystem=strict -p ProtectHome=yes \
		-p ProtectProc=invisible -p ProcSubset=pid \
		-p PrivateDevices=yes -p ProtectKernelTunables=yes \
		-p ProtectControlGroups=yes -p InaccessiblePaths=/etc/passwd \
		-p TemporaryFileSystem=/var -p BindReadOnlyPaths=/etc:/srv \
		sh -euxc '
			[ -z "$(ls -A /tmp)" ]
			[ ! -w /usr ]
			[ ! -e /proc/sys ]
			[ ! -e /dev/vda ]
			[ ! -s /etc/passwd ]
			[ ! -e /var/lib ]
			[ -e /srv/hostname ]'
}
rootless_service_in_a_sandbox() {
	# shellcheck disable=SC2016
	unit --user -p PrivateUsers=yes -p PrivateTmp=yes \
		-p ProtectSystem=strict -p TemporaryFileSystem=/var \
		sh -euxc '
			[ -z "$(ls -A /tmp)" ]
			[ ! -w /usr ]
			[ ! -e /var/lib ]'
}

service_with_a_root_of_its_own() {
	container_root root
	unit -p RootDirectory="$PWD/root" -p MountAPIVFS=yes /inside
}

systemctl_bind_mounts_into_a_service() {
	touch there
	systemd-run -q --service-type=exec --unit=bound -p PrivateMounts=yes \
		sleep 60
	systemctl bind bound.service "$PWD" /mnt
	nsenter -m -t "$(systemctl show -P MainPID bound)" test -e /mnt/there
	[ ! -e /mnt/there ]
	systemctl stop bound
}

nspawn_starts_a_container() {
	container_root root
	systemd-nspawn -q --pipe -D root /inside 1
}

nspawn_maps_the_users_of_a_container() {
	container_root root
	systemd-nspawn -q --pipe -D root -U /inside 1
}

service_keeps_its_mounts_private() {
	unit -p PrivateMounts=yes sh -euxc '
		mount -t tmpfs tmpfs /mnt
		touch /mnt/private'
	[ ! -e /mnt/private ]
}

# systemd-nsresourced gives an ordinary user a range of users, by BPF, and
# systemd-mountfsd mounts.
nspawn_starts_a_container_for_an_ordinary_user() {
	if [ ! -e /sys/kernel/btf/vmlinux ] ||
	   ! grep -q bpf /sys/kernel/security/lsm; then
		skip "systemd-nsresourced needs a kernel with BTF and BPF LSM"
	fi
	systemctl start systemd-nsresourced.socket systemd-mountfsd.socket
	cat >/etc/polkit-1/rules.d/50-tester.rules <<-'END'
	polkit.addRule(function(action, subject) {
		if (action.id.indexOf("io.systemd.mount-file-system.") == 0 &&
		    subject.user == "tester")
			return polkit.Result.YES;
	});
	END
	container_root root
	# mountfsd trusts this directory, and the tester can read it.
	image=/usr/local/lib/machines/root.raw
	mkdir -p "${image%/*}"
	truncate -s 16M $image
	mkfs.ext4 -q -d root $image
	# The lock would be root's to create.
	runuser -u tester -- env SYSTEMD_NSPAWN_LOCK=0 systemd-nspawn -q --pipe \
		--image=$image /inside 1
	rm $image
}
