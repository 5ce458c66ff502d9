"""Runs the simulated kubelet until it is told to end."""

from __future__ import annotations

import argparse
import heapq
import itertools
import signal
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from control_plane.kubelet.api import Api, ApiError, Json, say
from control_plane.kubelet.log_server import serve
from control_plane.kubelet.node_agent import NodeAgents
from control_plane.kubelet.pod_worker import PodWorker


class Kubelet:
    """Keeps every Pod of its nodes moving."""

    def __init__(self, agents: NodeAgents) -> None:
        self.agents = agents
        self.stop = threading.Event()
        self.workers: dict[str, PodWorker] = {}
        self.by_name: dict[tuple[str, str], PodWorker] = {}
        self._queue: list[tuple[float, int, str]] = []
        self._due: dict[str, float] = {}
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._pool = ThreadPoolExecutor(8)

    def wake(self, uid: str, moment: float) -> None:
        """Have a Pod looked at by a moment."""
        with self._changed:
            if self._due.get(uid, moment + 1) <= moment:
                return
            self._due[uid] = moment
            heapq.heappush(self._queue, (moment, next(self._numbers), uid))
            self._changed.notify()

    def heard(self, change: str, pod: Json) -> None:
        """Take a Pod as the API shows it."""
        metadata = pod["metadata"]
        uid, key = metadata["uid"], (metadata["namespace"], metadata["name"])
        if pod["spec"].get("nodeName") not in self.agents.recorders:
            return
        if change == "DELETED":
            worker = self.workers.pop(uid, None)
            if worker:
                worker.state.gone = True
            if self.by_name.get(key) is worker:
                self.by_name.pop(key, None)
            return
        worker = self.workers.get(uid)
        if worker is None:
            worker = self.workers[uid] = self.by_name[key] = PodWorker(pod, self.agents)
            self.wake(uid, time.time())
            return
        before = worker.state.pod
        if int(metadata["resourceVersion"]) >= int(before["metadata"]["resourceVersion"]):
            worker.state.pod = pod
        watched = ("annotations", "generation", "deletionTimestamp", "finalizers")
        if any(metadata.get(field) != before["metadata"].get(field) for field in watched):
            self.wake(uid, time.time())

    def run_queue(self) -> None:
        """Hand due Pods to the threads."""
        while not self.stop.is_set():
            with self._changed:
                now = time.time()
                if not self._queue or self._queue[0][0] > now:
                    self._changed.wait(min(1.0, self._queue[0][0] - now) if self._queue else 1.0)
                    continue
                moment, _, uid = heapq.heappop(self._queue)
                if self._due.get(uid) != moment:
                    continue
                del self._due[uid]
            worker = self.workers.get(uid)
            if worker:
                self._pool.submit(self._step, worker)

    def _step(self, worker: PodWorker) -> None:
        uid = worker.state.uid
        if self.agents.lost(worker.node):
            self.wake(uid, time.time() + 1.0)
            return
        if not worker.lock.acquire(blocking=False):
            self.wake(uid, time.time() + 0.05)
            return
        try:
            due = worker.step()
        except Exception:  # noqa: BLE001 - one odd Pod must not end the others
            traceback.print_exc()
            due = time.time() + 2.0
        finally:
            worker.lock.release()
        if due is not None:
            self.wake(uid, due)

    def heartbeat(self) -> None:
        """Renew leases and conditions."""
        while not self.stop.wait(4.0):
            for name in self.agents.names:
                try:
                    self.agents.renew(name)
                    self.agents.report(name)
                except ApiError as error:
                    say("heartbeat:", error)


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--pki", type=Path, required=True)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--speed", type=float, default=4.0)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    api = Api(options.server, options.pki)
    agents = NodeAgents(api, options.nodes, options.speed, options.port)
    kubelet = Kubelet(agents)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: kubelet.stop.set())
    for position, node in enumerate(agents.names):
        agents.register(position, node)
    serve(lambda namespace, name: kubelet.by_name.get((namespace, name)), options.port, options.pki)
    for work in (
        lambda: api.watch("/api/v1/nodes", "", agents.heard, kubelet.stop),
        lambda: api.watch("/api/v1/pods", "fieldSelector=spec.nodeName!%3D", kubelet.heard, kubelet.stop),
        kubelet.run_queue,
        kubelet.heartbeat,
    ):
        threading.Thread(target=work, daemon=True).start()
    say("simulating", options.nodes, "nodes")
    kubelet.stop.wait()


if __name__ == "__main__":
    main()
