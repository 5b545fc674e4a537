namespace BootDepot.Testing;

/// <summary>
/// How the servers are started: <c>bash -c SCRIPT name FOLDER PORT</c>. They say <c>up</c>, and end when their standard input does.
/// </summary>
internal static class S3Scripts
{
    // One monitor, one in-memory disk, no manager, no authentication between them. Without osd_class_update_on_start = false the disk
    // daemon dies, and the gateway then waits for ever.
    public const string Gateway = """
        set -eu
        export LC_ALL=C
        D=$1; P=$2; gateway=; M=$((P+1)); F=$(uuidgen)
        mkdir -p $D/mon $D/osd $D/run
        cat > $D/ceph.conf <<X
        [global]
        fsid = $F
        mon_host = v1:127.0.0.1:$M
        public_addr = 127.0.0.1
        cluster_addr = 127.0.0.1
        ms_bind_msgr2 = false
        auth_cluster_required = none
        auth_service_required = none
        auth_client_required = none
        auth_allow_insecure_global_id_reclaim = true
        osd_pool_default_size = 1
        osd_pool_default_min_size = 1
        mon_allow_pool_size_one = true
        osd_pool_default_pg_num = 4
        osd_pool_default_pg_autoscale_mode = off
        mon_max_pg_per_osd = 1000
        osd_crush_chooseleaf_type = 0
        osd_objectstore = memstore
        memstore_device_bytes = 4294967296
        osd_class_update_on_start = false
        osd_crush_update_on_start = false
        osd_class_load_list = *
        osd_class_default_list = *
        run_dir = $D/run
        admin_socket = $D/run/\$name.asok
        pid_file = $D/run/\$name.pid
        log_file = $D/\$name.log
        keyring = $D/keyring
        [mon.a]
        mon_data = $D/mon
        [osd.0]
        osd_data = $D/osd
        [client.rgw]
        rgw_data = $D/run
        rgw_frontends = beast endpoint=127.0.0.1:$P
        rgw_enable_apis = s3, admin
        rgw_dns_name = s3.test
        rgw_run_sync_thread = false
        X
        C="-c $D/ceph.conf"; : > $D/keyring
        trap 'kill -9 $(cat $D/pids) $gateway 2>/dev/null || true; cd /; rm -rf $D' EXIT
        monmaptool --create --clobber --fsid $F --addv a v1:127.0.0.1:$M $D/monmap >/dev/null
        ceph-mon $C -i a --mkfs --monmap $D/monmap
        ceph-mon $C -i a -f > $D/mon.out 2>&1 </dev/null & echo $! > $D/pids
        U=$(uuidgen)
        # The monitor refuses for a moment after its start; longer on a busy machine.
        again() { for try in $(seq 20); do "$@" && return; sleep 0.5; done; return 1; }
        again ceph $C --connect-timeout 20 osd new $U >/dev/null
        again ceph $C osd crush add osd.0 1 root=default host=h >/dev/null 2>&1
        ceph-osd $C -i 0 --mkfs --osd-uuid $U > $D/mkfs.out 2>&1
        ceph-osd $C -i 0 -f > $D/osd.out 2>&1 </dev/null & echo $! >> $D/pids
        radosgw-admin $C -n client.rgw user create --uid=test --display-name=test --access-key=test --secret-key=testing > $D/user.json 2>$D/user.err
        gateway=
        start() {
          radosgw $C -n client.rgw -f > $D/rgw.out 2>&1 </dev/null & gateway=$!
          for i in $(seq 600); do curl -s http://127.0.0.1:$P/ >/dev/null && return; sleep 0.1; done
          cat $D/*.out $D/*.err >&2; return 1
        }
        stop() { kill -9 $gateway; wait $gateway || true; }
        start
        echo up
        while read -r word; do
          $word
          echo "did $word"
        done
        """;

    // Without the cache filter every call is refused, although no cache need run; without -v the servers log to syslog only.
    public const string Swift = """
        set -eu
        D=$1; P=$2; O=$((P+1)); C=$((P+2)); A=$((P+3))
        mkdir -p $D/dev/d1
        printf '[swift-hash]\nswift_hash_path_prefix = test\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = default\ndefault = yes\n' > $D/swift.conf
        cd $D
        for r in object:$O container:$C account:$A; do n=${r%:*}
          swift-ring-builder $n.builder create 4 1 0 >/dev/null
          swift-ring-builder $n.builder add r1z1-127.0.0.1:${r#*:}/d1 1 >/dev/null
          swift-ring-builder $n.builder rebalance >/dev/null
          cat > $n-server.conf <<X
        [DEFAULT]
        bind_ip = 127.0.0.1
        bind_port = ${r#*:}
        workers = 0
        user = $(id -un)
        swift_dir = $D
        devices = $D/dev
        mount_check = false
        disable_fallocate = true
        fallocate_reserve = 0
        log_level = WARNING
        [pipeline:main]
        pipeline = $n-server
        [app:$n-server]
        use = egg:swift#$n
        X
        done
        cat > proxy-server.conf <<X
        [DEFAULT]
        bind_ip = 127.0.0.1
        bind_port = $P
        workers = 0
        user = $(id -un)
        swift_dir = $D
        log_level = WARNING
        [pipeline:main]
        pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth bulk slo dlo symlink versioned_writes proxy-server
        [app:proxy-server]
        use = egg:swift#proxy
        account_autocreate = true
        [filter:catch_errors]
        use = egg:swift#catch_errors
        [filter:gatekeeper]
        use = egg:swift#gatekeeper
        [filter:healthcheck]
        use = egg:swift#healthcheck
        [filter:cache]
        use = egg:swift#memcache
        memcache_servers = 127.0.0.1:1
        error_suppression_limit = 1
        error_suppression_interval = 36000
        [filter:listing_formats]
        use = egg:swift#listing_formats
        [filter:s3api]
        use = egg:swift#s3api
        location = us-east-1
        s3_acl = false
        [filter:tempauth]
        use = egg:swift#tempauth
        user_test_tester = testing .admin
        [filter:bulk]
        use = egg:swift#bulk
        [filter:slo]
        use = egg:swift#slo
        [filter:dlo]
        use = egg:swift#dlo
        [filter:symlink]
        use = egg:swift#symlink
        [filter:versioned_writes]
        use = egg:swift#versioned_writes
        allow_versioned_writes = true
        allow_object_versioning = true
        X
        : > pids
        trap 'kill -9 $(cat $D/pids) 2>/dev/null || true; cd /; rm -rf $D' EXIT
        for s in account container object proxy; do swift-$s-server $D/$s-server.conf -v > $D/$s.log 2>&1 </dev/null & echo $! >> $D/pids; done
        for i in $(seq 300); do curl -fs http://127.0.0.1:$P/healthcheck >/dev/null && break; sleep 0.1; done
        curl -fs http://127.0.0.1:$P/healthcheck >/dev/null || { cat *.log >&2; exit 1; }
        echo up
        cat >/dev/null
        """;
}
