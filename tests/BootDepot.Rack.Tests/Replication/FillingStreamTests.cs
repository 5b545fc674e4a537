using System;
using System.IO;
using System.Threading.Tasks;
using BootDepot.Images;
using BootDepot.Rack.Replication;

namespace BootDepot.Rack.Tests.Replication;

/// <summary>What a machine gets whose file turns out to be wrong at the worst moment.</summary>
public sealed class FillingStreamTests : IDisposable
{
    private const int Size = 1 << 20;

    private static readonly Digest Digest = Digest.Parse(new string('a', 64));

    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public async Task Who_was_given_nothing_gets_the_bytes_of_the_second_attempt()
    {
        var filling = new Filling(Size);
        await File.WriteAllBytesAsync(_path, Filled(1), TestContext.Current.CancellationToken);
        filling.Reached(Size);
        await using var stream = Open(filling);
        // As a store does it: the wrong bytes go before anybody is told.
        Rewrite([]);
        var reading = ReadAsync(stream);
        reading.IsCompleted.ShouldBeFalse();
        filling.Reached(0);
        Rewrite(Filled(2));
        filling.Reached(Size);
        filling.Complete();
        (await reading).ShouldBe(Filled(2));
    }

    [Fact]
    public async Task Who_was_given_wrong_bytes_does_not_get_the_rest()
    {
        var filling = new Filling(Size);
        await File.WriteAllBytesAsync(_path, Filled(1), TestContext.Current.CancellationToken);
        filling.Reached(Size);
        await using var stream = Open(filling);
        (await stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken)).ShouldBe(10);
        Rewrite(Filled(2));
        filling.Reached(0);
        filling.Reached(Size);
        filling.Complete();
        await Should.ThrowAsync<IOException>(ReadAsync(stream));
    }

    [Fact]
    public async Task A_file_whose_bytes_are_gone_is_not_waited_for_by_who_was_given_some()
    {
        var filling = new Filling(Size);
        await File.WriteAllBytesAsync(_path, Filled(1), TestContext.Current.CancellationToken);
        filling.Reached(Size);
        await using var stream = Open(filling);
        (await stream.ReadAsync(new byte[10], TestContext.Current.CancellationToken)).ShouldBe(10);
        Rewrite([]);
        await Should.ThrowAsync<IOException>(ReadAsync(stream));
    }

    public void Dispose() => File.Delete(_path);

    private FillingStream Open(Filling filling) =>
        new(new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), Digest, filling, 0);

    // The same file, not another one of that name.
    private void Rewrite(byte[] bytes)
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
        file.Write(bytes);
    }

    private static byte[] Filled(byte value)
    {
        var bytes = new byte[Size];
        Array.Fill(bytes, value);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        return all.ToArray();
    }
}
