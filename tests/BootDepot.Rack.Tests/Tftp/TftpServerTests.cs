using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Rack.Netboot.Tftp;

namespace BootDepot.Rack.Tests.Tftp;

public sealed class TftpServerTests
{
    /// <summary>Never sends again within a test, so that whatever comes was asked for.</summary>
    private static readonly TftpOptions Patient = TestServer.Quick with
    {
        FirstRetransmit = TimeSpan.FromSeconds(60),
        ShortestRetransmit = TimeSpan.FromSeconds(60),
        LongestRetransmit = TimeSpan.FromSeconds(60),
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(1024)]
    [InlineData(70_000)]
    public async Task A_file_of_any_length_arrives_with_and_without_options(int length)
    {
        await using var server = new TestServer(Patient);
        server.Files["f"] = TestServer.Bytes(length);
        var client = new TftpClient(server.Address, timeoutMilliseconds: 60_000);
        client.Get("f").ShouldBe(server.Files["f"]);
        client.DataPackets.ShouldBe((length / 512) + 1);
        var ended = server.NextCompletion();
        (ended.Outcome, ended.BytesAcknowledged, ended.Reason).ShouldBe((TftpOutcome.Served, length, null));
        client.Get("f", ("blksize", "512"), ("windowsize", "7")).ShouldBe(server.Files["f"]);
        client.Get("f", ("windowsize", "64"), ("blksize", "1468")).ShouldBe(server.Files["f"]);
    }

    [Fact]
    public async Task A_missing_file_is_error_1_at_once_and_comes_from_a_port_of_its_own()
    {
        await using var server = new TestServer();
        using var peer = new RawPeer();
        peer.Send(server.Address, TftpClient.Request("nothing", "octet", ("tsize", "0")));
        peer.ReceiveError(1).ShouldBe("There is no such file");
        peer.From.Port.ShouldNotBe(server.Address.Port);
    }

    [Fact]
    public async Task Writing_is_refused_and_so_is_what_is_no_request()
    {
        await using var server = new TestServer();
        using var peer = new RawPeer();
        peer.Send(server.Address, [0, 2, .. "f\0octet\0"u8]);
        peer.ReceiveError(2).ShouldContain("read-only");
        peer.Send(server.Address, 0, 9, 1, 1);
        peer.ReceiveError(4);
        peer.Send(server.Address, 1);
        peer.ReceiveError(4);
        peer.Send(server.Address);
        peer.ReceiveError(4);
        peer.Send(server.Address, [0, 1, .. "f\0netascii\0"u8]);
        peer.ReceiveError(0).ShouldContain("octet");
        peer.Send(server.Address, TftpClient.Ack(5));
        peer.ReceiveError(5);
        peer.Send(server.Address, 0, 5, 0, 0, 0); // an error is never answered
        peer.Send(server.Address, 0, 9);
        peer.ReceiveError(4);
        peer.ReceiveOrNull(20).ShouldBeNull();
    }

    [Fact]
    public async Task A_stranger_to_a_transfer_is_told_so_and_the_transfer_goes_on()
    {
        await using var server = new TestServer(Patient);
        server.Files["f"] = TestServer.Bytes(1000);
        using var peer = new RawPeer();
        using var stranger = new RawPeer();
        peer.Send(server.Address, TftpClient.Request("f", "octet"));
        peer.ReceiveData(1);
        stranger.Send(peer.From, TftpClient.Ack(1));
        stranger.ReceiveError(5);
        stranger.From.ShouldBe(peer.From);
        stranger.Send(peer.From, 0, 5, 0, 0, 0);
        stranger.ReceiveOrNull(20).ShouldBeNull();
        peer.ReceiveOrNull(20).ShouldBeNull();
        peer.Send(peer.From, TftpClient.Ack(1));
        peer.ReceiveData(2).ShouldBe(server.Files["f"][512..]);
        peer.Send(peer.From, TftpClient.Ack(2));
        server.NextCompletion().Outcome.ShouldBe(TftpOutcome.Served);
    }

    [Fact]
    public async Task A_stranger_whose_port_is_closed_cannot_end_a_transfer()
    {
        await using var server = new TestServer(Patient);
        server.Files["f"] = TestServer.Bytes(1000);
        using var peer = new RawPeer();
        peer.Send(server.Address, TftpClient.Request("f", "octet"));
        peer.ReceiveData(1);
        for (var i = 0; i < 20; i++)
        {
            using var stranger = new RawPeer();
            stranger.Send(peer.From, TftpClient.Ack(1));
        }

        peer.Send(peer.From, TftpClient.Ack(1));
        peer.ReceiveData(2);
        peer.Send(peer.From, TftpClient.Ack(2));
        server.NextCompletion().Outcome.ShouldBe(TftpOutcome.Served);
    }

    [Fact]
    public async Task Copies_of_acknowledgements_never_cause_copies_of_data()
    {
        await using var server = new TestServer(Patient);
        server.Files["f"] = TestServer.Bytes(512 * 40);
        using var peer = new RawPeer();
        peer.Send(server.Address, TftpClient.Request("f", "octet"));
        for (var block = 1; block <= 41; block++)
        {
            peer.ReceiveData(block);
            for (var copy = 0; copy < 3; copy++)
                peer.Send(peer.From, TftpClient.Ack(block));
            peer.Send(peer.From, TftpClient.Ack(block - 1));
        }

        peer.ReceiveOrNull(20).ShouldBeNull();
        server.NextCompletion().Outcome.ShouldBe(TftpOutcome.Served);
    }

    [Fact]
    public async Task A_window_goes_on_behind_the_block_that_a_client_names()
    {
        await using var server = new TestServer(Patient);
        server.Files["f"] = TestServer.Bytes(512 * 100);
        using var peer = new RawPeer();
        peer.Send(server.Address, TftpClient.Request("f", "octet", ("windowsize", "8")));
        peer.ReceiveTerms().ShouldBe("windowsize 8");
        peer.Send(peer.From, TftpClient.Ack(0));
        for (var block = 1; block <= 8; block++)
            peer.ReceiveData(block);
        peer.Send(peer.From, TftpClient.Ack(3));
        peer.Send(peer.From, TftpClient.Ack(3));
        for (var block = 4; block <= 11; block++)
            peer.ReceiveData(block).ShouldBe(server.Files["f"][((block - 1) * 512)..(block * 512)]);
        peer.ReceiveOrNull(20).ShouldBeNull();
        peer.Send(peer.From, TftpClient.Ack(11));
        peer.ReceiveData(12);
    }

    [Fact]
    public async Task A_client_may_end_after_it_has_seen_the_size()
    {
        await using var server = new TestServer();
        server.Files["f"] = TestServer.Bytes(5000);
        using var peer = new RawPeer();
        peer.Send(server.Address, TftpClient.Request("f", "octet", ("tsize", "0"), ("blksize", "1468"), ("windowsize", "4")));
        peer.ReceiveTerms().ShouldBe("tsize 5000 blksize 1468 windowsize 4");
        peer.Send(peer.From, [0, 5, 0, 8, .. "User aborted the transfer"u8, 0]);
        var ended = server.NextCompletion();
        (ended.Outcome, ended.BytesAcknowledged).ShouldBe((TftpOutcome.Aborted, 0L));
        ended.Reason!.ShouldContain("User aborted the transfer");
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_packet_again_until_it_was_answered()
    {
        await using var server = new TestServer(Patient);
        server.Files["f"] = TestServer.Bytes(5000);
        using var peer = new RawPeer();
        var request = TftpClient.Request("f", "octet", ("tsize", "0"));
        peer.Send(server.Address, request);
        peer.ReceiveTerms();
        var transfer = peer.From;
        peer.Send(server.Address, request);
        peer.ReceiveTerms();
        peer.From.ShouldBe(transfer);
        peer.Send(transfer, TftpClient.Ack(0));
        peer.ReceiveData(1);
        peer.Send(server.Address, request);
        peer.ReceiveOrNull(30).ShouldBeNull();
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_client_that_asks_for_another_file_from_the_same_port_gets_it_and_nothing_of_the_first()
    {
        await using var server = new TestServer(Patient);
        server.Files["a"] = TestServer.Bytes(5000);
        server.Files["b"] = [1, 2, 3];
        using var peer = new RawPeer();
        peer.Send(server.Address, TftpClient.Request("a", "octet"));
        peer.ReceiveData(1);
        var first = peer.From;
        peer.Send(server.Address, TftpClient.Request("b", "octet"));
        peer.ReceiveData(1).ShouldBe([1, 2, 3]);
        peer.From.ShouldNotBe(first);
        peer.Send(peer.From, TftpClient.Ack(1));
        server.NextCompletion().Reason.ShouldBe("the client began anew");
        server.NextCompletion().Outcome.ShouldBe(TftpOutcome.Served);
        peer.ReceiveOrNull(20).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_that_has_gone_is_given_up_at_once_and_a_silent_one_after_a_while()
    {
        await using var server = new TestServer(TestServer.Quick with { GiveUpAfter = TimeSpan.FromMilliseconds(300) });
        server.Files["f"] = TestServer.Bytes(5000);
        using (var gone = new RawPeer())
        {
            gone.Send(server.Address, TftpClient.Request("f", "octet"));
            gone.ReceiveData(1);
        }

        server.NextCompletion().ShouldSatisfyAllConditions(
            c => c.Outcome.ShouldBe(TftpOutcome.Aborted),
            c => c.Reason.ShouldBe("the client closed its port"));
        using var silent = new RawPeer();
        silent.Send(server.Address, TftpClient.Request("f", "octet"));
        server.NextCompletion().ShouldSatisfyAllConditions(
            c => c.Outcome.ShouldBe(TftpOutcome.Failed),
            c => c.Reason.ShouldBe("the client fell silent"));
        var copies = 0;
        byte[]? last = null;
        while (silent.ReceiveOrNull(10) is { } packet)
            (last, copies) = (packet, copies + 1);
        copies.ShouldBeInRange(2, 6); // at once, after 40 ms, then every 80, if the machine is quick; and the error
        last![1].ShouldBe((byte)5);
    }

    [Fact]
    public async Task Limits_per_address_and_for_all_are_said_and_free_again_when_transfers_end()
    {
        await using var server = new TestServer(Patient with
        {
            Listen = [new(IPAddress.Loopback, 0), new(IPAddress.IPv6Loopback, 0)], MaxTransfersPerAddress = 2, MaxTransfers = 3,
        });
        server.Files["f"] = [1];
        var request = TftpClient.Request("f", "octet");
        using RawPeer a = new(), b = new(), c = new(), d = new(IPAddress.IPv6Loopback), e = new(IPAddress.IPv6Loopback);
        a.Send(server.Address, request);
        a.ReceiveData(1);
        b.Send(server.Address, request);
        b.ReceiveData(1);
        c.Send(server.Address, request);
        c.ReceiveError(0).ShouldBe("Your address has 2 transfers already; try again");
        d.Send(server.Server.LocalEndPoints[1], request);
        d.ReceiveData(1);
        e.Send(server.Server.LocalEndPoints[1], request);
        e.ReceiveError(0).ShouldBe("The server is busy with 3 transfers; try again");
        b.Send(b.From, TftpClient.Ack(1));
        server.NextCompletion();
        c.Send(server.Address, request);
        c.ReceiveData(1);
    }

    [Fact]
    public async Task Answers_come_from_the_address_that_was_asked_also_over_IPv6()
    {
        var options = Patient with { Listen = [new(IPAddress.Any, 0), new(IPAddress.IPv6Any, 0)] };
        await using var server = new TestServer(options);
        server.Files["f"] = TestServer.Bytes(100_000);
        using var peer = new RawPeer(IPAddress.Parse("127.0.0.9"));
        peer.Send(new(IPAddress.Parse("127.0.0.7"), server.Address.Port), TftpClient.Request("f", "octet"));
        peer.ReceiveData(1);
        peer.From.Address.ToString().ShouldBe("127.0.0.7");
        peer.Send(new(IPAddress.Parse("127.0.0.8"), server.Address.Port), TftpClient.Request("missing", "octet"));
        peer.ReceiveError(1);
        peer.From.Address.ToString().ShouldBe("127.0.0.8");
        server.Requests.First().ShouldBe(new TftpRequest("f", peer.LocalEndPoint, IPAddress.Parse("127.0.0.7")));

        var v6 = new TftpClient(new(IPAddress.IPv6Loopback, server.Server.LocalEndPoints[1].Port));
        v6.Get("f", ("blksize", "1428"), ("windowsize", "16")).ShouldBe(server.Files["f"]);
    }

    [Fact]
    public async Task Block_numbers_roll_over_in_the_middle_of_a_file()
    {
        await using var server = new TestServer();
        server.Files["f"] = TestServer.Bytes((8 * 65536 * 2) + 100);
        new TftpClient(server.Address).Get("f", ("blksize", "8"), ("windowsize", "64")).ShouldBe(server.Files["f"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Windows_are_the_same_with_and_without_the_kernels_help(bool segmentation)
    {
        await using var server = new TestServer(TestServer.Quick with { Segmentation = segmentation });
        server.Files["f"] = TestServer.Bytes(250_003);
        foreach (var (block, window) in new[] { ("1468", "64"), ("512", "5"), ("8192", "16"), ("9", "3") })
        {
            var client = new TftpClient(server.Address);
            client.Get("f", ("blksize", block), ("windowsize", window)).ShouldBe(server.Files["f"]);
            client.Agreed["windowsize"].ShouldBe(window);
        }
    }

    [Fact]
    public async Task A_file_that_trickles_in_is_sent_as_it_comes_and_one_that_breaks_off_ends_with_an_error()
    {
        var whole = TestServer.Bytes(3000);
        await using var server = new TestServer(
            TestServer.Quick,
            (request, _) => ValueTask.FromResult(TftpReply.File(
                new TrickleStream(request.FileName == "whole" ? whole : whole[..1500]), whole.Length)));
        new TftpClient(server.Address).Get("whole", ("windowsize", "4")).ShouldBe(whole);
        Should.Throw<TftpErrorException>(() => new TftpClient(server.Address).Get("broken"))
            .Text.ShouldBe("The file could not be read");
    }

    [Fact]
    public async Task An_opener_that_fails_or_takes_for_ever_is_an_error_and_not_silence()
    {
        await using var server = new TestServer(
            TestServer.Quick with { StallLimit = TimeSpan.FromMilliseconds(100) },
            async (request, cancel) =>
            {
                if (request.FileName == "hangs")
                    await Task.Delay(Timeout.Infinite, cancel);
                throw new InvalidDataException("secret");
            });
        using var peer = new RawPeer();
        peer.Send(server.Address, TftpClient.Request("throws", "octet"));
        peer.ReceiveError(0).ShouldBe("The file could not be opened");
        peer.Send(server.Address, TftpClient.Request("hangs", "octet"));
        peer.ReceiveError(0).ShouldBe("The file could not be opened in time");
    }

    [Fact]
    public async Task A_stop_lets_transfers_end_for_a_while_and_tells_the_others()
    {
        await using var server = new TestServer(Patient with { StopGrace = TimeSpan.FromMilliseconds(1500) });
        server.Files["f"] = TestServer.Bytes(600);
        using RawPeer quick = new(), slow = new(), late = new();
        foreach (var peer in new[] { quick, slow })
        {
            peer.Send(server.Address, TftpClient.Request("f", "octet"));
            peer.ReceiveData(1);
        }

        var address = server.Address;
        var stopped = server.Server.StopAsync(CancellationToken.None);
        quick.Send(quick.From, TftpClient.Ack(1));
        quick.ReceiveData(2);
        quick.Send(quick.From, TftpClient.Ack(2));
        slow.ReceiveError(0).ShouldBe("The server is stopping");
        await stopped;
        server.NextCompletion().Outcome.ShouldBe(TftpOutcome.Served);
        server.NextCompletion().Outcome.ShouldBe(TftpOutcome.Failed);
        late.Send(address, TftpClient.Request("f", "octet"));
        late.ReceiveOrNull(30).ShouldBeNull();
    }

    [Fact]
    public async Task What_cannot_be_listened_on_or_is_out_of_range_is_said_all_together()
    {
        await using var server = new TestServer();
        await using var second = new TftpServer(
            new() { Listen = [server.Address, new(IPAddress.Parse("192.0.2.77"), 0)] },
            (_, _) => throw new InvalidOperationException(),
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        second.Start().Select(f => f.Code).ShouldBe(["tftp-cannot-listen", "tftp-cannot-listen"]);
        new TftpOptions { MaxBlockSize = 8, Threads = 0, Listen = [] }.Validate().Length.ShouldBe(3);
        new TftpOptions().Validate().ShouldBeEmpty();
    }

    [Fact]
    public async Task Noise_on_all_ports_disturbs_nothing()
    {
        await using var server = new TestServer();
        server.Files["f"] = TestServer.Bytes(200_000);
        var random = new Random(11);
        using RawPeer noise = new(), peer = new();
        peer.Send(server.Address, TftpClient.Request("f", "octet"));
        peer.ReceiveData(1);
        for (var i = 0; i < 3000; i++)
        {
            var packet = new byte[random.Next(0, 60)];
            random.NextBytes(packet);
            if (packet.Length > 1 && random.Next(2) == 0)
                (packet[0], packet[1]) = (0, (byte)random.Next(8));
            noise.Send(random.Next(2) == 0 ? server.Address : peer.From, packet);
        }

        new TftpClient(server.Address).Get("f", ("blksize", "1024")).ShouldBe(server.Files["f"]);
        peer.Send(peer.From, TftpClient.Ack(1));
        byte[] next;
        do
            next = peer.Receive();
        while (next[3] == 1); // sent again meanwhile
        next[..4].ShouldBe([0, 3, 0, 2]);
    }

    /// <summary>Yields few bytes at a time, and not at once.</summary>
    private sealed class TrickleStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(5, cancellationToken);
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 700)], cancellationToken);
        }
    }
}
