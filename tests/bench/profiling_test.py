"""What a sample counts for."""

import unittest

import profiling

SAMPLES = """tramd   100
\tffffffff81 tcp_sendmsg_locked ([kernel.kallsyms])
\tffffffff82 __sys_sendmsg ([kernel.kallsyms])
\t    7f0001 __libc_sendmsg (/usr/lib/x86_64-linux-gnu/libc.so.6)

nexting thread   100
\t    7f0002 [unknown] (/usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6)

tramd   100
\t    7f0003 tram::Sha256::of(std::string_view) (/opt/tram/bin/tramd)

exchange_load   200
\t    7f0004 malloc (/usr/lib/x86_64-linux-gnu/libc.so.6)

swapper     0
\tffffffff83 pv_native_safe_halt ([kernel.kallsyms])

cc1plus   300
\t    7f0005 main (/usr/lib/gcc/cc1plus)

kworker/0:1-flush   9
\tffffffff84 ext4_writepages ([kernel.kallsyms])

tramd   100
\tffffffff85 asm_exc_page_fault ([kernel.kallsyms])
"""


class Shares(unittest.TestCase):
    def test_each_sample_counts_once_for_what_it_was_spent_on(self):
        self.assertEqual(profiling.shares(SAMPLES, {100}, {200}), {
            "kernel: sockets": 1, "SQLite": 1, "Trạm's own code": 1, profiling.CLIENT: 1, "idle": 1,
            "other processes": 1, "kernel: files and their disk": 1, profiling.OTHER_KERNEL: 1})

    def test_the_system_call_decides_in_the_kernel(self):
        for call, name in (("__x64_sys_futex", "kernel: threads that wait and wake"),
                           ("__x64_sys_fdatasync", "kernel: files and their disk"),
                           ("__x64_sys_pwrite64", "kernel: files and their disk"),
                           ("__x64_sys_recvmsg", "kernel: sockets"), ("ksys_write", "kernel: sockets"),
                           ("__x64_sys_epoll_wait", "kernel: sockets")):
            frames = [("finish_task_switch", "[kernel.kallsyms]"), (call, "[kernel.kallsyms]"), ("f", "/lib/libc.so.6")]
            self.assertEqual(profiling.spent_on("tramd", frames), name, call)


if __name__ == "__main__":
    unittest.main()
