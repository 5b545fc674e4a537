using BootDepot.Images;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Uploads;

internal sealed class ConversionConfiguration : IEntityTypeConfiguration<Conversion>
{
    public void Configure(EntityTypeBuilder<Conversion> builder)
    {
        builder.HasOne(c => c.File).WithMany().HasForeignKey(c => c.FileId).OnDelete(DeleteBehavior.SetNull);
        builder.Property(c => c.SourceSha256).HasMaxLength(Digest.HexLength);
        builder.Property(c => c.Target).HasMaxLength(MaxLengths.Name);
        builder.Property(c => c.Key).HasMaxLength(Digest.HexLength);
        builder.Property(c => c.FaultCode).HasMaxLength(MaxLengths.Code);
        builder.Property(c => c.ResultSha256).HasMaxLength(Digest.HexLength);
        builder.HasIndex(c => c.Key);
        // "What is to be done?" is asked after each conversion and at each start.
        builder.HasIndex(c => c.State);
    }
}
