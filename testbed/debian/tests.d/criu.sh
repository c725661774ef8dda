# SPDX-License-Identifier: GPL-2.0-only
# criu dumps a task in a mount namespace of each kind, and restores it, in one that
# criu makes.
# shellcheck shell=sh

criu_restores_from_a_classic_namespace() { survives_criu -w pivot -d root; }
criu_restores_from_an_empty_namespace() { survives_criu -w empty -d root; }
criu_restores_from_a_namespace_by_open_tree() { survives_criu -w namespace -d root; }
criu_restores_from_a_namespace_by_fsmount() { survives_criu -w namespace; }
