using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using BootDepot.Rack.Netboot.Tftp;
using BootDepot.Rack.Netboot.Tftp.Packets;
using BootDepot.Rack.Netboot.Tftp.Sockets;

namespace BootDepot.Rack.Tests.Tftp;

public sealed class PacketTests
{
    [Fact]
    public void A_request_is_a_name_a_mode_in_any_case_and_options_in_order()
    {
        var request = Parse("\0\u0001/boot\\x.efi\0OCTET\0TSize\00\0blksize\01432\0");
        request.FileName.ShouldBe("/boot\\x.efi");
        request.Options.ShouldBe([new("TSize", "0"), new("blksize", "1432")]);
    }

    [Fact]
    public void Padding_with_zeros_is_not_an_option() => Parse("\0\u0001a\0octet\0\0\0\0").Options.ShouldBeEmpty();

    [Theory]
    [InlineData("\0\u0001", TftpErrorCode.IllegalOperation)]
    [InlineData("\0\u0001a", TftpErrorCode.IllegalOperation)]
    [InlineData("\0\u0001a\0", TftpErrorCode.IllegalOperation)]
    [InlineData("\0\u0001a\0octet", TftpErrorCode.IllegalOperation)]
    [InlineData("\0\u0001\0octet\0", TftpErrorCode.IllegalOperation)]
    [InlineData("\0\u0001a\0octet\0blksize\0", TftpErrorCode.IllegalOperation)]
    [InlineData("\0\u0001a\0octet\0blksize\0512", TftpErrorCode.IllegalOperation)]
    [InlineData("\0\u0001a\nb\0octet\0", TftpErrorCode.AccessViolation)]
    [InlineData("\0\u0001a\u001b[2J\0octet\0", TftpErrorCode.AccessViolation)]
    [InlineData("\0\u0001a\0.txt\0octet\0", TftpErrorCode.NotDefined)] // ".txt" is where the mode should be
    [InlineData("\0\u0001a\0netascii\0", TftpErrorCode.NotDefined)]
    [InlineData("\0\u0001a\0mail\0", TftpErrorCode.NotDefined)]
    public void What_is_not_a_request_is_refused_with_a_reason(string packet, TftpErrorCode code)
    {
        ReadRequest.ParseOrNull(Encoding.UTF8.GetBytes(packet), out var refusal).ShouldBeNull();
        refusal!.Code.ShouldBe(code);
        refusal.Message.ShouldNotBeEmpty();
    }

    [Fact]
    public void Long_names_and_many_options_are_refused()
    {
        Code($"\0\u0001{new string('a', 401)}\0octet\0").ShouldBe(TftpErrorCode.AccessViolation);
        Code($"\0\u0001{new string('a', 1024)}\0octet\0").ShouldBe(TftpErrorCode.IllegalOperation);
        Code("\0\u0001a\0octet\0" + string.Concat(Enumerable.Repeat("o\0v\0", 17))).ShouldBe(TftpErrorCode.IllegalOperation);
        ReadRequest.ParseOrNull([0, 1, 0xff, 0xfe, 0, .. "octet\0"u8], out _).ShouldBeNull();
    }

    [Fact]
    public void No_bytes_however_odd_break_the_parser_and_what_it_takes_has_no_control_character()
    {
        var random = new Random(7);
        var parts = new[] { "a", "\0", "octet", "\0octet\0", "blksize", "tsize\0", "0\0", "65464\0", "\u0001", "\xff", "../", "\\", "windowsize\0" };
        var taken = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var text = "\0\u0001" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
            var packet = Encoding.Latin1.GetBytes(text);
            if (random.Next(3) == 0)
                packet[random.Next(packet.Length)] = (byte)random.Next(256);
            var request = ReadRequest.ParseOrNull(packet, out var refusal);
            (request is null).ShouldBe(refusal is not null);
            if (request is null)
                continue;
            taken++;
            request.FileName.ShouldNotBeEmpty();
            request.FileName.Any(char.IsControl).ShouldBeFalse();
            var terms = TransferTerms.Agree(request.Options, 1000, 1468, new());
            terms.BlockSize.ShouldBeInRange(8, 1468);
            terms.WindowSize.ShouldBeInRange(1, 64);
        }

        taken.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("blksize=1468 tsize=0 windowsize=4", 1468, 4, "blksize\01468\0tsize\01000\0windowsize\04\0")]
    [InlineData("tsize=0 BLKSIZE=1024", 1024, 1, "tsize\01000\0BLKSIZE\01024\0")] // in the order and spelling asked
    [InlineData("blksize=65464", 1468, 1, "blksize\01468\0")] // what fits
    [InlineData("blksize=99999", 1468, 1, "blksize\01468\0")]
    [InlineData("blksize=8", 8, 1, "blksize\08\0")]
    [InlineData("blksize=7", 512, 1, null)]
    [InlineData("blksize=+600", 512, 1, null)]
    [InlineData("blksize=0x200 utimeout=9 multicast=", 512, 1, null)]
    [InlineData("windowsize=65535 blksize=1000", 1000, 64, "windowsize\064\0blksize\01000\0")]
    [InlineData("windowsize=0", 512, 1, null)]
    [InlineData("windowsize=65536", 512, 1, null)]
    [InlineData("blksize=600 blksize=700", 600, 1, "blksize\0600\0")]
    [InlineData("timeout=255 timeout=3", 512, 1, "timeout\0255\0")]
    [InlineData("timeout=0", 512, 1, null)]
    [InlineData("timeout=256", 512, 1, null)]
    public void Options_are_granted_as_asked_or_smaller_or_not_at_all(string asked, int block, int window, string? answer)
    {
        var options = asked.Split(' ').Select(o => o.Split('=')).Select(o => new KeyValuePair<string, string>(o[0], o[1]));
        var terms = TransferTerms.Agree([.. options], 1000, 1468, new());
        terms.BlockSize.ShouldBe(block);
        terms.WindowSize.ShouldBe(window);
        (terms.Acknowledgement is { } packet ? Encoding.ASCII.GetString(packet.AsSpan()) : null)
            .ShouldBe(answer is null ? null : "\0\u0006" + answer);
    }

    [Fact]
    public void A_window_is_no_larger_than_its_bytes_may_be_and_has_one_block_at_least()
    {
        TransferTerms.Agree([new("blksize", "8192"), new("windowsize", "64")], 1, 65464, new()).WindowSize.ShouldBe(16);
        TransferTerms.Agree([new("blksize", "65464"), new("windowsize", "64")], 1, 65464, new() { MaxWindowBytes = 512 })
            .WindowSize.ShouldBe(1);
    }

    [Fact]
    public void A_block_fits_the_path_with_all_headers()
    {
        PathMtu.BlockThatFits(1500, v6: false).ShouldBe(1468);
        PathMtu.BlockThatFits(1500, v6: true).ShouldBe(1448);
        PathMtu.BlockThatFits(65536, v6: false).ShouldBe(65464);
        PathMtu.LargestBlock(IPAddress.Loopback, new(IPAddress.Loopback, 9)).ShouldBe(65464);
        PathMtu.LargestBlock(IPAddress.IPv6Loopback, new(IPAddress.IPv6Loopback, 9)).ShouldBe(65464);
    }

    [Fact]
    public void Error_texts_are_printable_and_bounded_both_ways()
    {
        Encoding.ASCII.GetString(ErrorPacket.Write(TftpErrorCode.FileNotFound, "n\u00efx\n")).ShouldBe("\0\u0005\0\u0001n?x?\0");
        ErrorPacket.Write(TftpErrorCode.NotDefined, new string('x', 9999)).Length.ShouldBe(205);
        ErrorPacket.Describe([0, 5, 0, 8, .. "User \u001b[31m"u8, 0, 65]).ShouldBe("error 8: User ?[31m");
        ErrorPacket.Describe([0, 5, 0, 8]).ShouldBe("error 8");
    }

    private static ReadRequest Parse(string packet) => ReadRequest.ParseOrNull(Encoding.UTF8.GetBytes(packet), out _)!;

    private static TftpErrorCode Code(string packet)
    {
        ReadRequest.ParseOrNull(Encoding.UTF8.GetBytes(packet), out var refusal).ShouldBeNull();
        return refusal!.Code;
    }
}
